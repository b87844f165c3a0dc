/**
 * What comes of `elephant train`, whether it was one training (oneTraining.ts) or several
 * (severalTrainings.ts).
 */
import type { Recommender } from '../../training/recommender';
import type { Tested } from './metricsTable';

export interface Trained {
  test: Tested;
  /** Printed before the table of test metrics. */
  heading: string;
  /** What `--json` says beside the test metrics. */
  summary: object;
  /** Whether every training gave a result, rates that diverged in the search apart. */
  complete: boolean;
  /** What `--out` saves; absent where several seeds were trained. */
  recommender?: Recommender;
}
