/**
 * A table of ours, not the paper's: any runs as columns, the paper's metrics as rows. Used by the files of
 * this folder.
 */
import type { Metrics, Protocol } from '../../evaluation';
import { measured, type ComparisonTable, type TableRow } from '../measured';
import type { StageNode } from '../../pipeline/stage';
import { METRICS } from '../tables';
import type { Reader, View } from '../views/view';
import { chosenByValidation } from './chosenByValidation';

export interface OwnColumn {
  readonly id: string;
  readonly label: string;
  readonly group?: string;
  /** The runs, one a seed. */
  readonly nodes: (domain: string) => readonly StageNode[];
  /**
   * Other runs, one a seed each, that stood for choice beside `nodes`: of a seed, the one that validation
   * prefers is shown.
   */
  readonly alternatives?: (domain: string) => readonly (readonly StageNode[])[];
}

export interface OwnTable {
  readonly id: string;
  readonly title: string;
  readonly domains: readonly string[];
  readonly columns: readonly OwnColumn[];
  readonly protocol: Protocol;
  readonly notes: readonly string[];
}

export function columnsTable({
  id,
  title,
  domains,
  columns,
  protocol,
  notes,
}: OwnTable): View<ComparisonTable> {
  const runs = domains.map((domain) => ({
    domain,
    columns: columns.map((column) => ({
      id: column.id,
      candidates: [column.nodes(domain), ...(column.alternatives?.(domain) ?? [])],
    })),
  }));
  const shown = (read: Reader, candidates: readonly (readonly StageNode[])[]): readonly StageNode[] =>
    candidates.length === 1
      ? candidates[0]
      : chosenByValidation(read, candidates, protocol).map((choice, seed) => candidates[choice][seed]);
  return {
    nodes: runs.flatMap(({ columns: own }) => own.flatMap(({ candidates }) => candidates.flat())),
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
      rows: runs.flatMap(({ domain, columns: own }) => {
        const nodes = own.map((column) => ({ id: column.id, nodes: shown(read, column.candidates) }));
        return Object.entries(METRICS).map(([metric, key]): TableRow => ({
          dataset: domain,
          metric,
          cells: Object.fromEntries(
            nodes.map((column) => [
              column.id,
              {
                ours: measured(
                  column.nodes.map(
                    (node) =>
                      100 *
                      (read(node).json as unknown as { test: Record<Protocol, Metrics> }).test[protocol][key],
                  ),
                ),
              },
            ]),
          ),
        }));
      }),
    }),
  };
}
