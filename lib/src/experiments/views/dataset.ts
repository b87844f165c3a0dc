/** A domain's sequences and item texts. */
import { loadDataset } from '../stages/storedDataset';
import { view } from './view';

export const dataset = view('dataset', {
  args: (_, domain: string) => [domain] as const,
  of: (experiment, domain) => ({
    nodes: [experiment.dataset(domain)],
    make: (read) => loadDataset(read(experiment.dataset(domain))),
  }),
});
