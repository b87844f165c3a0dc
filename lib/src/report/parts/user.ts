/** One user: what each model recommends. */
import { shownDomain } from '../../experiments/views/itemRows';
import { KEPT_USER } from '../../experiments/views/user';
import { has, simulated } from '../conditions';
import { userTable } from '../display/userTable';
import type { Part } from './part';

export const userPart: Part = {
  name: 'user',
  section: '4.4',
  within: (profile) => has('table3')(profile) && simulated(profile),
  blocks: async (session) => {
    const [domain] = shownDomain(session.profile) as [string];
    const table = userTable(await session.user(domain, KEPT_USER));
    return table === undefined ? [] : [{ heading: 'One user' }, { table }];
  },
};
