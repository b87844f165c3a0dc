/** What `bench engine --profile` prints: a table per step. */
import type { OperatorRow, ProfiledStep } from './profile';
import { tableText } from '../../lib/src/report/display/table';

const COLUMNS = ['operator', 'nodes', 'ms', 'of step', 'GFLOP/s'];

export function profileTable(steps: readonly ProfiledStep[]): string {
  return `${steps.map(stepTable).join('\n\n')}\n`;
}

function stepTable({
  step,
  nodes,
  stepMs,
  profiledMs,
  operators,
  outsideMs,
  outsideShare,
}: ProfiledStep): string {
  return tableText({
    caption: `${step}: ${milliseconds(stepMs)} ms per step, ${milliseconds(profiledMs)} under the profiler`,
    columns: COLUMNS,
    rows: [
      ...operators.map(operatorCells),
      ['outside kernels', '', milliseconds(outsideMs), percent(outsideShare), ''],
      ['step', nodes, milliseconds(stepMs), percent(1), ''],
    ],
  });
}

function operatorCells({ operator, nodes, ms, share, gflops }: OperatorRow): (string | number)[] {
  return [operator, nodes, milliseconds(ms), percent(share), gflops === null ? '' : Math.round(gflops)];
}

/** To 10 us: the profiler counts whole microseconds of each node. */
function milliseconds(ms: number): string {
  return ms.toFixed(2);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
