/**
 * How far a single training can be trusted, from a table whose cells were trained with several seeds. Pure.
 */
import type { ComparisonTable } from '../../experiments/measured';

const METRIC = 'N@10';
/** Two values of one normal distribution differ by less in 95 of 100 cases (1.96 √2 standard deviations). */
const DIFFERENCE_95 = 2.77;

/** One sentence about NDCG@10; undefined if no cell has a spread over seeds. */
export function seedVariation({ rows }: ComparisonTable): string | undefined {
  const numbers = rows
    .filter(({ metric }) => metric === METRIC)
    .flatMap(({ cells }) => Object.values(cells).flatMap(({ ours }) => ours ?? []))
    .filter(({ spread, mean }) => spread !== undefined && mean > 0);
  if (numbers.length === 0) return undefined;
  const freedom = numbers.reduce((sum, { values }) => sum + values.length - 1, 0);
  const squares = numbers.reduce(
    (sum, { spread, mean, values }) => sum + (values.length - 1) * ((spread as number) / mean) ** 2,
    0,
  );
  const deviation = Math.sqrt(squares / freedom);
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const cells = `${numbers.length} ${numbers.length === 1 ? 'cell' : 'cells'}`;
  return (
    `Over seeds, ${METRIC} has a standard deviation of ${percent(deviation)} of its mean (pooled over ` +
    `${cells}). Two single trainings that differ by less than ${percent(DIFFERENCE_95 * deviation)} may ` +
    'differ by their seeds alone.'
  );
}
