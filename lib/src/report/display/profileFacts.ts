/**
 * What the provenance says about the profile, as rows of a table. Facts that an older results file lacks are
 * left out.
 */
import type { Provenance } from '../../experiments/views/provenance';

export function profileFacts({
  profile,
  changes = [],
  languageSeed,
  pretrainingDomains,
  releasedModels,
}: Provenance): Record<string, string> {
  return {
    profile,
    ...(changes.length === 0 ? {} : { 'changed values': changes.join(', ') }),
    ...(languageSeed === undefined ? {} : { 'language seed': String(languageSeed) }),
    ...(releasedModels === undefined ? {} : { 'released models': releasedModels }),
    ...(pretrainingDomains === undefined ? {} : { 'pre-trained on': pretrainingDomains.join(', ') }),
  };
}
