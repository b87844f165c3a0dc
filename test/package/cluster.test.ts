/**
 * docs/cluster.md and the compose file name options that there are; a local run loads no client of a server.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { expect, test } from 'vitest';
import { register as registerRun } from '../../lib/src/cli/run';
import { register as registerStore } from '../../lib/src/cli/store';
import { register as registerWorker } from '../../lib/src/cli/worker';
import { projectRoot } from '../../lib/src/project';

const text = (...path: string[]): string => readFileSync(join(projectRoot, ...path), 'utf8');

test('every command line of the page and of the compose file is one that there is', () => {
  const program = new Command();
  for (const register of [registerRun, registerStore, registerWorker]) register(program);
  const compose = text('examples', 'cluster', 'docker-compose.yml');
  const lines = [
    ...[...text('docs', 'cluster.md').matchAll(/^ {4}npx elephant (.*)$/gm)].map(([, line]) => line),
    ...[...compose.matchAll(/^ {4}command: ((?:run|worker) .*)$/gm)].map(([, line]) => line),
  ];
  expect(lines).toHaveLength(8);
  for (const line of lines) {
    const [name, ...words] = line.split(' ');
    const command = program.commands.find((candidate) => candidate.name() === name);
    const known = command?.options.map(({ long }) => long);
    for (const word of words.filter((candidate) => candidate.startsWith('--')))
      expect(known, line).toContain(word);
  }
});

test('a local run loads no client of Redis or S3', () => {
  const loaded = execFileSync(
    process.execPath,
    [
      '-e',
      `require('./dist/cli/main.js');
       require('./dist/experiments/openProfile.js').openProfile({ profile: 'smoke' }).nodes();
       require('./dist/pipeline/worker.js');
       console.log(Object.keys(require.cache).join('\\n'));
       process.exit();`,
    ],
    { cwd: join(projectRoot, 'lib'), encoding: 'utf8' },
  );
  expect(loaded).toContain('runner.js');
  expect(loaded).not.toMatch(/node_modules.(bullmq|ioredis|@aws-sdk)/);
});
