/** Names of the losses over all items, for messages. */
import { LOSSES } from '../../losses';

export const ALL_ITEMS_LOSSES = Object.values(LOSSES)
  .filter(({ against }) => against === 'allItems')
  .map(({ name }) => name)
  .join(' or ');
