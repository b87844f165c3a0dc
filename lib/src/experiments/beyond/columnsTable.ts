/** A table of ours, not the paper's: any runs as columns, the paper's metrics as rows. Used by the files of this folder. */
import type { Metrics, Protocol } from '../../evaluation';
import { measured, type ComparisonTable, type TableRow } from '../measured';
import type { StageNode } from '../stage';
import { METRICS } from '../tables';
import type { View } from '../views/view';

export interface OwnColumn {
  readonly id: string;
  readonly label: string;
  readonly group?: string;
  /** The runs, one a seed. */
  readonly nodes: (domain: string) => readonly StageNode[];
}

export interface OwnTable {
  readonly id: string;
  readonly title: string;
  readonly domains: readonly string[];
  readonly columns: readonly OwnColumn[];
  readonly protocol: Protocol;
  readonly notes: readonly string[];
}

export function columnsTable({ id, title, domains, columns, protocol, notes }: OwnTable): View<ComparisonTable> {
  const runs = domains.map((domain) => ({ domain, columns: columns.map((column) => ({ id: column.id, nodes: column.nodes(domain) })) }));
  return {
    nodes: runs.flatMap(({ columns: own }) => own.flatMap(({ nodes }) => nodes)),
    make: (read) => ({
      id, title, unit: '%', notes,
      columns: columns.map((column) => ({ id: column.id, label: column.label, ...(column.group === undefined ? {} : { group: column.group }) })),
      rows: runs.flatMap(({ domain, columns: own }) =>
        Object.entries(METRICS).map(([metric, key]): TableRow => ({
          dataset: domain,
          metric,
          cells: Object.fromEntries(own.map((column) => [column.id, {
            ours: measured(column.nodes.map((node) => 100 * (read(node).json as unknown as { test: Record<Protocol, Metrics> }).test[protocol][key])),
          }])),
        })),
      ),
    }),
  };
}
