/** The result of `elephant train`, from one training (oneTraining.ts) or several (severalTrainings.ts). */
import type { Recommender } from '../../training/recommender';
import type { Tested } from './metricsTable';

export interface Trained {
  test: Tested;
  /** Printed before the table of test metrics. */
  heading: string;
  /** What `--json` has besides the test metrics. */
  summary: object;
  /** Whether every training gave a result, apart from rates that diverged in the search. */
  complete: boolean;
  /** What `--out` saves; absent if several seeds were trained. */
  recommender?: Recommender;
}
