/**
 * A table as data: the paper's numbers beside ours, from stored results. Pure. Each table's own file says
 * what is in it, cells.ts which runs are behind a column; report/ shows it.
 */
import type { MetricName, Metrics, Protocol } from '../../evaluation';
import { allCells } from '../cells';
import type { Cell } from '../columns';
import type { Experiment } from '../experiment';
import { TABLE_PROTOCOL } from '../tableProtocol';
import { gainInterval } from '../pairedInterval';
import { measured, type ComparisonTable, type TableCell, type TableColumn, type TableRow } from '../measured';
import type { Backbone, TableName } from '../profiles';
import { isOf, type StageNode } from '../../pipeline/stage';
import { kinds } from '../stages/kinds';
import { userCount, userValues } from '../userValues';
import type { Reader } from '../views/view';
import { METRICS } from './metrics';

const BASELINES = ['popularity', 'transition'] as const;

export interface TableDescription {
  /** The table that the cells belong to. */
  id: TableName;
  /** Default: that of the table and its backbone. */
  name?: string;
  /** Default: that of the table. */
  protocol?: Protocol;
  backbone?: Backbone;
  title: string;
  domains: readonly string[];
  /** Default: those of all tables. */
  metrics?: Readonly<Record<string, MetricName>>;
  /** Columns of rankings without a trained model, the oracle among them. */
  withBaselines?: boolean;
  columns: readonly TableColumn[];
  /** The column that others have their gain over, with an interval over users; default: none. */
  base?: string;
  paper: (domain: string, metric: string) => Record<string, number | null> | undefined;
  notes: readonly string[];
}

/** What a row is about. */
interface RowPlace {
  readonly domain: string;
  /** As the paper prints it, "N@10", and as evaluation names it, "NDCG@10". */
  readonly metric: string;
  readonly key: MetricName;
  readonly protocol: Protocol;
}

export function buildTable(
  experiment: Experiment,
  read: Reader,
  description: TableDescription,
): ComparisonTable {
  const { id, backbone, title, domains, columns, withBaselines = false, notes } = description;
  const { protocol = TABLE_PROTOCOL[id], metrics = METRICS } = description;
  const runsOf = (domain: string, column: string): StageNode[] =>
    experiment.cell({ table: id, backbone, domain, column }) ?? [];
  const rows = domains.flatMap((domain) =>
    Object.entries(metrics).map(([metric, key]): TableRow => {
      const place = { domain, metric, key, protocol };
      const untrained = withBaselines ? untrainedCells(experiment, read, place) : {};
      const [run] = columns.flatMap(({ id: column }) => runsOf(domain, column));
      return {
        dataset: domain,
        metric,
        ...(run && { users: userCount(run, read) }),
        cells: { ...untrained, ...modelCells(experiment, read, description, place) },
      };
    }),
  );
  const runs = domains.flatMap((domain) => columns.flatMap(({ id: column }) => runsOf(domain, column)));
  return {
    id: description.name ?? (backbone === undefined ? id : `${id}-${backbone}`),
    title,
    unit: '%',
    columns: [...(withBaselines ? untrainedColumns(experiment) : []), ...columns],
    rows,
    notes: [...notes, ...atTheLimit(runs, read)],
  };
}

/** A row's cells of rankings without a trained model. */
function untrainedCells(
  experiment: Experiment,
  read: Reader,
  { domain, key, protocol }: RowPlace,
): Record<string, TableCell> {
  const baselines = read(experiment.baselines(domain)).json;
  const oracle = experiment.oracle(domain);
  const cells: Record<string, TableCell> = {};
  for (const name of BASELINES) cells[name] = { ours: measured([100 * baselines[name][protocol][key]]) };
  if (oracle !== undefined) cells.oracle = { ours: measured([100 * read(oracle).json.test[protocol][key]]) };
  return cells;
}

function untrainedColumns({ profile }: Experiment): TableColumn[] {
  const names = [...BASELINES, ...(profile.given === undefined ? ['oracle'] : [])];
  return names.map((name) => ({ id: name, label: name[0].toUpperCase() + name.slice(1), group: 'No model' }));
}

/** A row's cells of trained models: our number, the paper's, and the gain over the base. */
function modelCells(
  experiment: Experiment,
  read: Reader,
  { id, backbone, columns, base, paper }: TableDescription,
  { domain, metric, key, protocol }: RowPlace,
): Record<string, TableCell> {
  const usersOf = (column: string): Float64Array | undefined => {
    const runs = experiment.cell({ table: id, backbone, domain, column });
    return runs && userValues(runs, read, protocol, key);
  };
  const start = base === undefined ? undefined : usersOf(base);
  const cells: Record<string, TableCell> = {};
  for (const { id: column } of columns) {
    const tests = cellMetrics(experiment, { table: id, backbone, domain, column }, read, protocol);
    const own = start && column !== base ? usersOf(column) : undefined;
    const gain = start && own && gainInterval(own, start);
    cells[column] = {
      ours: tests && measured(tests.map((test) => 100 * test[key])),
      paper: paper(domain, metric)?.[column] ?? undefined,
      ...(gain && { gain }),
    };
  }
  return cells;
}

/**
 * Whether the recommenders of a table were trained to their end, in a sentence; none if there are none, or
 * all were.
 */
function atTheLimit(nodes: readonly StageNode[], read: Reader): string[] {
  const trained = nodes.flatMap((node) => (isOf(node, kinds.recommender) ? [read(node).json] : []));
  const limited = trained.filter(({ stopped }) => stopped === 'epochs').length;
  return limited === 0
    ? []
    : [
        `${limited} of the ${trained.length} trainings of recommenders ended at the last epoch ` +
          'allowed, not by patience: with more epochs they might still improve.',
      ];
}

/** Test metrics of each seed of a cell, shares between 0 and 1; undefined if the profile has no such cell. */
export function cellMetrics(
  experiment: Experiment,
  cell: Cell,
  read: Reader,
  protocol: Protocol = TABLE_PROTOCOL[cell.table],
): Metrics[] | undefined {
  return experiment.cell(cell)?.map((node) => read(node).json.test[protocol]);
}

/** The stages behind a table or Figure 2, baselines included. */
export function tableStages(experiment: Experiment, table: TableName): StageNode[] {
  const cells = allCells(experiment).filter((cell) => cell.table === table);
  const rankings = table === 'table3' || table === 'table4' ? withoutTraining(experiment) : [];
  return [...rankings, ...cells.flatMap((cell) => experiment.cell(cell) ?? [])];
}

/**
 * Rankings without a trained model on every evaluated domain, with the best possible one if data are
 * simulated.
 */
function withoutTraining(experiment: Experiment): StageNode[] {
  return experiment.profile.domains.flatMap((domain) => {
    const oracle = experiment.oracle(domain);
    return [experiment.baselines(domain), ...(oracle === undefined ? [] : [oracle])];
  });
}
