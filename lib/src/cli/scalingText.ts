/** What `elephant plan --device` adds: several machines, and what was assumed of a published device. Pure. */
import type { Plan } from '../experiments/plan';
import { duration } from './progress';

/** Stages named of those that do not fit. */
const NAMED = 3;

export function scalingText(
  workers: number,
  { kinds, scaling, criticalPath, device, missing }: Plan,
): string {
  if (missing === 0 || kinds.every(({ movedBytes }) => movedBytes === undefined)) return '';
  const lines = scaling.map(
    ({ machines, seconds, speedup }) =>
      `${String(machines).padStart(8)}${duration(seconds).padStart(16)}${speedup.toFixed(1).padStart(9)}\n`,
  );
  const has = device === undefined ? 'what this one has' : `one ${device.name}`;
  return (
    `\nMachines with ${has} and ${processes(workers)} each:\nmachines            time  speedup\n` +
    `${lines.join('')}No number of machines is quicker than ${duration(criticalPath.seconds)}: ` +
    `${criticalPath.stages.join(' -> ')}\n${device === undefined ? '' : deviceText(device)}`
  );
}

function deviceText({
  name,
  source,
  memoryBytes,
  tooLarge,
  assumptions,
}: NonNullable<Plan['device']>): string {
  const lines = assumptions.map(
    ({ name: what, value, meaning }) => `  ${what.padEnd(9)}${String(value).padEnd(6)}${meaning}\n`,
  );
  const has = `the ${megabytes(memoryBytes)} of one ${name}`;
  return (
    `${tooLarge.length === 0 ? `Every stage fits ${has}.` : tooLargeText(tooLarge, has)}\n\n` +
    `Rates: ${source}.\nAssumed, not measured:\n${lines.join('')}`
  );
}

function tooLargeText(labels: readonly string[], has: string): string {
  const more = labels.length > NAMED ? '; ...' : '';
  const need = labels.length === 1 ? '1 stage needs' : `${labels.length} stages need`;
  return `${need} more than ${has}: ${labels.slice(0, NAMED).join('; ')}${more}`;
}

/** "2 processes". */
export const processes = (count: number, kind = ''): string =>
  `${count} ${kind}${count === 1 ? 'process' : 'processes'}`;

export const megabytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;
