/**
 * Several things timed in turn within one run, so that what the machine does meanwhile meets all of them
 * alike.
 */
import { median } from '../median';

/** About how long one turn of one of them lasts, in milliseconds. */
const TURN_MS = 100;

/**
 * Milliseconds of each in each round, median of a turn. A turn begins with a run that is not counted: the
 * threads of the one before still wait for work for a moment, and the caches hold its numbers. Each is told
 * whether its run counts.
 */
export async function inTurns(
  runs: readonly ((counted: boolean) => Promise<unknown> | void)[],
  rounds: number,
): Promise<number[][]> {
  const perTurn: number[] = [];
  for (const run of runs) {
    for (let i = 0; i < 3; i++) await run(false);
    perTurn.push(
      Math.max(1, Math.min(50, Math.round(TURN_MS / Math.max(await timed(() => run(false)), 1e-3)))),
    );
  }
  const times = runs.map(() => [] as number[]);
  for (let round = 0; round < rounds; round++) {
    for (const [i, run] of runs.entries()) {
      await run(false);
      const turn: number[] = [];
      for (let k = 0; k < perTurn[i]; k++) turn.push(await timed(() => run(true)));
      times[i].push(median(turn));
    }
  }
  return times;
}

async function timed(run: () => Promise<unknown> | void): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}
