/** A training reports to nobody: it leaves nothing behind in the user's folders and asks no other machine. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../../lib/src/project';
import { freshFolder } from '../support/folders';
import { COMMAND } from '../support/elephant';

/** Two trainings side by side: the command, and two worker processes that open sessions. */
const TRAIN = [COMMAND, 'train', '--epochs', '1', '--dim', '8', '--seeds', '1,2', '--workers', '2', '--json'];
const INDEX = JSON.stringify(join(projectRoot, 'lib', 'dist', 'index.js'));

function emptyHome(): { home: string; temporary: string; env: NodeJS.ProcessEnv } {
  const folder = freshFolder();
  const [home, temporary] = [join(folder, 'home'), join(folder, 'tmp')];
  for (const path of [home, temporary]) mkdirSync(path);
  const env: NodeJS.ProcessEnv = { ...process.env, HOME: home, TMPDIR: temporary };
  for (const name of ['ORT_DISABLE_TELEMETRY', 'XDG_CACHE_HOME', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME'])
    delete env[name];
  return { home, temporary, env };
}

test.skipIf(process.platform === 'win32')(
  'a training leaves nothing in the home folder and the temporary folder',
  () => {
    const { home, temporary, env } = emptyHome();
    const { users } = JSON.parse(
      execFileSync(process.execPath, TRAIN, { env, encoding: 'utf8', stdio: 'pipe' }),
    ) as {
      users: number;
    };
    expect(users).toBeGreaterThan(0);
    expect(readdirSync(home, { recursive: true })).toEqual([]);
    expect(readdirSync(temporary, { recursive: true })).toEqual([]);
  },
);

test('a training opens no connection and asks for no name', () => {
  const { temporary, env } = emptyHome();
  const attempts = join(temporary, 'attempts');
  const preload = join(__dirname, 'countConnections.cjs');
  const watched = { ...env, NODE_OPTIONS: `--require ${JSON.stringify(preload)}`, CONNECTIONS: attempts };
  const run = (args: string[]): void =>
    void execFileSync(process.execPath, args, { env: watched, stdio: 'pipe' });
  run(TRAIN);
  expect(existsSync(attempts) ? readFileSync(attempts, 'utf8') : '').toBe('');
  run(['-e', "require('node:net').connect(9, '127.0.0.1').on('error', () => undefined)"]);
  expect(readFileSync(attempts, 'utf8')).toContain('connects');
});

const alone = ['--map-root-user', '--net', process.execPath];
const canLeave = spawnSync('unshare', [...alone, '-e', '']).status === 0;
if (!canLeave) console.log('Skipped: training without a network, which needs unshare.');

test.skipIf(!canLeave)('a training needs no network', () => {
  execFileSync('unshare', [...alone, ...TRAIN], { env: emptyHome().env, stdio: 'pipe' });
});

test('who wants the telemetry of ONNX Runtime may have it', () => {
  const valueFor = (given: NodeJS.ProcessEnv): string =>
    execFileSync(
      process.execPath,
      ['-e', `require(${INDEX}); process.stdout.write(process.env.ORT_DISABLE_TELEMETRY)`],
      { env: { ...emptyHome().env, ...given }, encoding: 'utf8' },
    );
  expect(valueFor({})).toBe('1');
  expect(valueFor({ ORT_DISABLE_TELEMETRY: '0' })).toBe('0');
});
