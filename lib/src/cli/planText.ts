/** What `elephant plan` prints: a line per kind of stage, the totals, and the time it will take. Pure. */
import type { KindPlan, Plan } from '../experiments/plan';
import { megabytes, memoryText, processes, scalingText } from './scalingText';
import { duration } from '../duration';

/** Shown in a cell that has no number. */
const NOTHING = '–';

export function planText(profile: string, workers: number, plan: Plan): string {
  const { kinds, stages, missing, bytes, device, choices } = plan;
  const sum = (value: (kind: KindPlan) => number): number =>
    kinds.reduce((total, kind) => total + value(kind), 0);
  const counted = kinds.some(({ movedBytes }) => movedBytes !== undefined);
  const all: KindPlan = {
    kind: 'all',
    stages,
    missing,
    bytes: device === undefined ? bytes : Math.max(0, ...kinds.map((kind) => kind.bytes)),
    flop: sum(({ flop }) => flop),
    movedBytes: counted ? sum(({ movedBytes }) => movedBytes ?? 0) : undefined,
    seconds: sum((kind) => kind.seconds),
    spentOn: undefined,
    measured: undefined,
  };
  const left = new Set([...(counted ? [] : ['moved']), device === undefined ? 'mostly on' : 'measured']);
  const columns = COLUMNS.filter(({ name }) => !left.has(name));
  const heading = row(
    'kind',
    columns.map(({ name }) => name),
    columns,
  );
  const lines = [...kinds, all].map((kind) =>
    row(
      kind.kind,
      columns.map(({ cell }) => cell(kind) ?? NOTHING),
      columns,
    ),
  );
  const chosen = choices.map((choice) => `${choice}\n`);
  const below = [
    ending(profile, workers, plan),
    precisionText(plan),
    memoryText(plan),
    scalingText(workers, plan),
  ];
  return [heading, ...lines, ...chosen, ...below].join('');
}

function ending(profile: string, workers: number, { missing, stages, seconds, device }: Plan): string {
  if (missing === 0) return `Nothing is missing: all ${stages} stages of ${profile} are in the store.\n`;
  const about = `About ${duration(seconds)} with ${processes(workers, 'worker ')}`;
  if (device !== undefined) return `${about} and one ${device.full}, products in ${device.precision}.\n`;
  return (
    `${about}. "measured": how long stages of ` +
    'this kind took in this store, relative to the estimate; times are corrected by it.\n'
  );
}

/** What of mixed precision is counted, and what is not. */
function precisionText({ precision, device, missing }: Plan): string {
  if (precision === undefined || missing === 0) return '';
  if (device !== undefined)
    return (
      'Mixed precision: memory and bytes are those of its programs, casts included. ' +
      `Its products in float16 are timed in ${device.precision}.\n`
    );
  return (
    'Mixed precision: the memory of a process, and the time of language models, are those of single ' +
    'precision. The CPU takes more of both.\n'
  );
}

interface Column {
  readonly name: string;
  readonly width: number;
  readonly cell: (kind: KindPlan) => string | undefined;
}

const COLUMNS: readonly Column[] = [
  { name: 'stages', width: 8, cell: ({ stages }) => String(stages) },
  { name: 'missing', width: 9, cell: ({ missing }) => String(missing) },
  { name: 'FLOP', width: 12, cell: ({ flop }) => (flop === 0 ? undefined : flop.toExponential(1)) },
  { name: 'memory', width: 12, cell: ({ bytes }) => (bytes === 0 ? undefined : megabytes(bytes)) },
  {
    name: 'moved',
    width: 10,
    cell: ({ movedBytes }) => (movedBytes ? `${movedBytes.toExponential(1)} B` : undefined),
  },
  {
    name: 'worker time',
    width: 15,
    cell: ({ missing, seconds }) => (missing === 0 ? undefined : duration(seconds)),
  },
  { name: 'mostly on', width: 17, cell: ({ spentOn }) => spentOn && largestPart(spentOn) },
  {
    name: 'measured',
    width: 11,
    cell: ({ measured }) => (measured === undefined ? undefined : `x ${measured.toPrecision(2)}`),
  },
];

/** "bus 81 %". */
function largestPart(spentOn: NonNullable<KindPlan['spentOn']>): string {
  const parts = Object.entries(spentOn) as [string, number][];
  const [name, most] = parts.reduce((a, b) => (b[1] > a[1] ? b : a));
  const all = parts.reduce((sum, [, seconds]) => sum + seconds, 0);
  return `${name} ${Math.round((100 * most) / all)} %`;
}

function row(name: string, cells: readonly string[], columns: readonly Column[]): string {
  return `${name.padEnd(16)}${cells.map((cell, i) => cell.padStart(columns[i].width)).join('')}\n`;
}
