/**
 * Ctrl-C on `elephant report`: back within 2 s, finished stages kept, nothing of the committed files touched.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { projectRoot } from '../../lib/src/project';
import { groupIsGone } from './groupIsGone';
import { freshFolder } from '../support/folders';
import { COMMAND, elephantAt, environment } from '../support/elephant';

/** Stages to wait for: the seven simulated domains come first, in seconds. */
const FINISHED = 8;

let store: string;
beforeAll(() => void (store = freshFolder()));

const finished = (): number =>
  readdirSync(store).filter((name) => existsSync(join(store, name, 'manifest.json')) && !name.includes('.'))
    .length;

test.skipIf(process.platform === 'win32')(
  'Ctrl-C ends a report within 2 s and keeps what was finished',
  async () => {
    const report = join(projectRoot, 'paper-repro.md');
    const before = readFileSync(report, 'utf8');
    // A group of its own: a terminal sends Ctrl-C to the command and its workers alike.
    const child = spawn(process.execPath, [COMMAND, 'report', '--profile', 'smoke', '--workers', '1'], {
      detached: true,
      env: environment({ ELEPHANT_STORE: store }),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let printed = '';
    child.stderr.on('data', (chunk: Buffer) => void (printed += chunk.toString()));
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    while (finished() < FINISHED && child.exitCode === null)
      await new Promise((resolve) => setTimeout(resolve, 50));
    const asked = performance.now();
    process.kill(-(child.pid as number), 'SIGINT');
    expect(await ended).toBe(130);
    expect(performance.now() - asked).toBeLessThan(2000);
    expect(printed).toContain('interrupted; finished results are kept');
    await expect.poll(() => groupIsGone(child.pid as number), { timeout: 2000 }).toBe(true);
    expect(readFileSync(report, 'utf8')).toBe(before);

    const kept = finished();
    expect(kept).toBeGreaterThanOrEqual(FINISHED);
    const plan = JSON.parse(
      (await elephantAt({ env: { ELEPHANT_STORE: store } }, 'plan', '--profile', 'smoke', '--json')).out,
    ) as { stages: number; missing: number };
    expect(plan.stages - plan.missing).toBe(kept);
  },
);
