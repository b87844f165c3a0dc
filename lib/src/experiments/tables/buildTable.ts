/**
 * A table as data: what the paper printed beside what the stored results say. A pure function; each table's
 * own file says what is in it, report/ shows it.
 */
import type { Metrics, Protocol } from '../../evaluation';
import { cellNodes, type Cell, type TableId } from '../cells';
import { TABLE_PROTOCOL } from '../tableProtocol';
import { measured, type ComparisonTable, type TableCell, type TableColumn, type TableRow } from '../measured';
import { baselinesNode, oracleNode } from '../nodes';
import type { Backbone, Profile } from '../profiles';
import type { StageNode } from '../../pipeline/stage';
import type { BaselineName, BaselinesJson } from '../stages/baselines';
import { kinds } from '../stages/kinds';
import type { RecommenderJson } from '../stages/recommender';
import type { Reader } from '../views/view';
import { METRICS } from './metrics';

const BASELINES = ['popularity', 'transition'] as const;

export interface TableDescription {
  /** Whose cells they are. */
  id: TableId;
  /** Default: that of the table and its backbone. */
  name?: string;
  /** Default: that of the table. */
  protocol?: Protocol;
  backbone?: Backbone;
  title: string;
  domains: readonly string[];
  /** Default: those of all tables. */
  metrics?: Readonly<Record<string, string>>;
  /** Columns of rankings without a trained model, the oracle among them. */
  withBaselines?: boolean;
  columns: readonly TableColumn[];
  paper: (domain: string, metric: string) => Record<string, number | null> | undefined;
  notes: readonly string[];
}

export function buildTable(
  profile: Profile,
  read: Reader,
  {
    id,
    backbone,
    name = backbone === undefined ? id : `${id}-${backbone}`,
    protocol = TABLE_PROTOCOL[id],
    title,
    domains,
    metrics = METRICS,
    withBaselines = false,
    columns,
    paper,
    notes,
  }: TableDescription,
): ComparisonTable {
  const rows = domains.flatMap((domain) =>
    Object.entries(metrics).map(([metric, key]): TableRow => {
      const cells: Record<string, TableCell> = {};
      if (withBaselines) {
        for (const name of BASELINES)
          cells[name] = {
            ours: measured([100 * baselineMetrics(profile, domain, name, protocol, read)[key]]),
          };
        if (profile.given === undefined) {
          const { test } = read(oracleNode(profile, domain)).json as unknown as {
            test: Record<Protocol, Metrics>;
          };
          cells.oracle = { ours: measured([100 * test[protocol][key]]) };
        }
      }
      for (const { id: column } of columns) {
        const values = cellMetrics(profile, { table: id, backbone, domain, column }, read, protocol)?.map(
          (test) => 100 * test[key],
        );
        cells[column] = {
          ours: values && measured(values),
          paper: paper(domain, metric)?.[column] ?? undefined,
        };
      }
      return { dataset: domain, metric, cells };
    }),
  );
  const none = !withBaselines
    ? []
    : [...BASELINES, ...(profile.given === undefined ? ['oracle'] : [])].map((name): TableColumn => ({
        id: name,
        label: name[0].toUpperCase() + name.slice(1),
        group: 'No model',
      }));
  const limit = atTheLimit(
    domains.flatMap((domain) =>
      columns.flatMap(({ id: column }) => cellNodes(profile, { table: id, backbone, domain, column }) ?? []),
    ),
    read,
  );
  return { id: name, title, unit: '%', columns: [...none, ...columns], rows, notes: [...notes, ...limit] };
}

/**
 * Whether the recommenders of a table were trained to their end, in a sentence; none where there are none, or
 * all were.
 */
function atTheLimit(nodes: readonly StageNode[], read: Reader): string[] {
  const trained = nodes
    .filter(({ kind }) => kind === kinds.recommender)
    .map((node) => read(node).json as unknown as RecommenderJson);
  const limited = trained.filter(({ stopped }) => stopped === 'epochs').length;
  return limited === 0
    ? []
    : [
        `${limited} of the ${trained.length} trainings of recommenders ended at the last epoch ` +
          'allowed, not for want of a better validation: with more epochs these might still rise.',
      ];
}

/**
 * Test metrics of each seed of a cell, shares between 0 and 1; undefined where the profile has no such cell.
 */
export function cellMetrics(
  profile: Profile,
  cell: Cell,
  read: Reader,
  protocol: Protocol = TABLE_PROTOCOL[cell.table],
): Metrics[] | undefined {
  return cellNodes(profile, cell)?.map(
    (node) => (read(node).json as unknown as { test: Record<Protocol, Metrics> }).test[protocol],
  );
}

function baselineMetrics(
  profile: Profile,
  domain: string,
  name: BaselineName,
  protocol: Protocol,
  read: Reader,
): Metrics {
  return (read(baselinesNode(profile, domain)).json as unknown as BaselinesJson)[name][protocol];
}
