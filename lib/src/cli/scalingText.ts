/** What `elephant plan --device` adds: several machines, and what was assumed of a published device. Pure. */
import type { Plan } from '../experiments/plan';
import { duration } from '../duration';

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

function deviceText({ source, assumptions }: NonNullable<Plan['device']>): string {
  const lines = assumptions.map(
    ({ name, value, meaning }) => `  ${name.padEnd(9)}${String(value).padEnd(6)}${meaning}\n`,
  );
  return `\nRates: ${source}.\nAssumed, not measured:\n${lines.join('')}`;
}

/** Whether every stage fits the memory that it was compared with; nothing if there is no limit. */
export function memoryText({ memory }: Plan): string {
  if (memory === undefined) return '';
  const { limitBytes, tooLarge } = memory;
  if (tooLarge.length === 0) return `Every stage fits ${megabytes(limitBytes)}.\n`;
  const more = tooLarge.length > NAMED ? '; ...' : '';
  const need = tooLarge.length === 1 ? '1 stage needs' : `${tooLarge.length} stages need`;
  const named = tooLarge
    .slice(0, NAMED)
    .map(
      ({ label, bytes, setting }) =>
        `${label} (${megabytes(bytes)}${setting ? `, fits with ${setting}` : ''})`,
    );
  return `${need} more than ${megabytes(limitBytes)}: ${named.join('; ')}${more}\n`;
}

/** "2 processes". */
export const processes = (count: number, kind = ''): string =>
  `${count} ${kind}${count === 1 ? 'process' : 'processes'}`;

export const megabytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;
