/**
 * Runs a command and prints the most memory that it and all of its processes held at once: the sum of their
 * proportional shares (PSS), so that pages they share count once. Linux only; sampled twice a second.
 *
 *     node -r ./bench/register.cjs bench/peakMemory.ts npx elephant run --profile smoke
 */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const [command, ...args] = process.argv.slice(2);
if (command === undefined) throw new Error('expected a command: peakMemory.ts <command> [its arguments]');
if (process.platform !== 'linux') throw new Error('expected Linux, whose /proc says what a process holds');

const child = spawn(command, args, { stdio: 'inherit' });
const peak = { MiB: 0, processes: 0 };
const largest = { MiB: 0, command: '' };
const timer = setInterval(sample, 500);
child.on('exit', (code, killedBy) => {
  clearInterval(timer);
  console.log(
    `peak ${Math.round(peak.MiB)} MiB in ${peak.processes} processes; ` +
      `largest process ${Math.round(largest.MiB)} MiB (${largest.command})`,
  );
  process.exitCode = killedBy === null ? (code ?? 1) : 1;
});

function sample(): void {
  const held = descendants(child.pid as number).map((pid) => ({ pid, MiB: proportionalMiB(pid) }));
  const MiB = held.reduce((sum, one) => sum + one.MiB, 0);
  if (MiB > peak.MiB) Object.assign(peak, { MiB, processes: held.length });
  for (const one of held)
    if (one.MiB > largest.MiB) Object.assign(largest, { MiB: one.MiB, command: name(one.pid) });
}

/** The process and all that it started, directly or not. */
function descendants(root: number): number[] {
  const childrenOf = new Map<number, number[]>();
  for (const entry of readdirSync('/proc')) {
    const stat = /^\d+$/.test(entry) ? read(`/proc/${entry}/stat`) : '';
    // The name in parentheses may hold spaces; the parent is the second field after it.
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    if (stat !== '') childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), Number(entry)]);
  }
  const found = [root];
  for (const pid of found) found.push(...(childrenOf.get(pid) ?? []));
  return found;
}

const proportionalMiB = (pid: number): number =>
  Number(/^Pss: +(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) / 1024;

const name = (pid: number): string => read(`/proc/${pid}/cmdline`).split('\0').slice(0, 2).join(' ');

/** Empty for a process that has just ended. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
