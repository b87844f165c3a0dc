/** A table of ours, not the paper's: any runs as columns, the paper's metrics as rows. */
import type { MetricName, Protocol } from '../../evaluation';
import { measured, type ComparisonTable, type TableRow } from '../measured';
import type { Reader, StageNode } from '../../pipeline/stage';
import { gainInterval } from '../pairedInterval';
import type { RecommenderFacts } from '../stages/recommender';
import type { TestFacts } from '../stages/storedEvaluation';
import { METRICS } from '../tables/metrics';
import type { Recipe } from '../views/view';
import { userCount, userValues } from '../userValues';
import { chosenByValidation } from './chosenByValidation';

export interface OwnColumn {
  readonly id: string;
  readonly label: string;
  readonly group?: string;
  /** The runs, one per seed; or several such lists, of which validation chooses one run per seed. */
  readonly runs: (domain: string) => Runs | { readonly chooseFrom: readonly Candidates[] };
}

type Runs = readonly StageNode<TestFacts>[];
type Candidates = readonly StageNode<RecommenderFacts>[];

export interface OwnTable {
  readonly id: string;
  readonly title: string;
  readonly domains: readonly string[];
  readonly columns: readonly OwnColumn[];
  readonly protocol: Protocol;
  /** The column that others have their gain over, with an interval over users; default: none. */
  readonly base?: string;
  readonly notes: readonly string[];
}

export function columnsTable({
  id,
  title,
  domains,
  columns,
  protocol,
  base,
  notes,
}: OwnTable): Recipe<ComparisonTable> {
  const rows = domains.map((domain) => ({
    domain,
    columns: columns.map((column) => ({ id: column.id, runs: column.runs(domain) })),
  }));
  const value = (read: Reader, node: StageNode<TestFacts>, key: MetricName): number =>
    100 * read(node).json.test[protocol][key];
  return {
    nodes: rows.flatMap((row) =>
      row.columns.flatMap(({ runs }) => ('chooseFrom' in runs ? runs.chooseFrom.flat() : runs)),
    ),
    make: (read) => ({
      id,
      title,
      unit: '%',
      notes,
      columns: columns.map((column) => ({
        id: column.id,
        label: column.label,
        ...(column.group === undefined ? {} : { group: column.group }),
      })),
      rows: rows.flatMap((row) => {
        const shown = row.columns.map(({ id: column, runs }) => ({
          column,
          nodes: 'chooseFrom' in runs ? chosenRuns(read, runs.chooseFrom, protocol) : runs,
        }));
        const users = userCount(shown[0].nodes[0], read);
        const start = shown.find(({ column }) => column === base)?.nodes;
        return Object.entries(METRICS).map(([metric, key]): TableRow => {
          const perUser = (nodes: Runs): Float64Array => userValues(nodes, read, protocol, key);
          const cells = shown.map(({ column, nodes }) => {
            const gain =
              start === undefined || column === base
                ? undefined
                : gainInterval(perUser(nodes), perUser(start));
            return [
              column,
              { ours: measured(nodes.map((node) => value(read, node, key))), ...(gain && { gain }) },
            ];
          });
          return { dataset: row.domain, metric, users, cells: Object.fromEntries(cells) };
        });
      }),
    }),
  };
}

function chosenRuns(read: Reader, candidates: readonly Candidates[], protocol: Protocol): Runs {
  return chosenByValidation(read, candidates, protocol).map((choice, seed) => candidates[choice][seed]);
}
