/** How large the domains of a profile are: by their datasets in a store, or estimated (domainSizes.ts). */
import type { Store } from '../../pipeline/store';
import { experiment } from '../experiment';
import type { Profile } from '../profiles';
import { type DomainSizes, domainSizes } from './domainSizes';

export function sizesInStore(profile: Profile, store: Store): (domain: string) => DomainSizes {
  const { dataset } = experiment(profile);
  return domainSizes(profile, (domain) => store.read(dataset(domain))?.json.statistics);
}
