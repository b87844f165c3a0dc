/** `elephant ... | head`: the reader goes before all is written, and the command ends without a word. */
import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { COMMAND } from '../support/elephant';

test.each<[string, ...string[]]>([
  ['a list of options', 'run', '--options', '--profile', 'paper'],
  ['a JSON schema', 'plan', '--schema'],
])('%s', async (_, ...args) => {
  const child = spawn(process.execPath, [COMMAND, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const said: string[] = [];
  child.stderr.on('data', (text: Buffer) => said.push(String(text)));
  // Before the command writes: its first byte finds nobody.
  child.stdout.destroy();
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect({ code, said }).toEqual({ code: 0, said: [] });
});

test('progress that nobody reads ends a training', async () => {
  const child = spawn(
    process.execPath,
    [COMMAND, 'train', '--domain', 'Pantry', '--epochs', '100000', '--patience', '100000', '--dim', '8'],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const printed: string[] = [];
  child.stdout.on('data', (text: Buffer) => printed.push(String(text)));
  child.stderr.once('data', () => child.stderr.destroy());
  const code = await new Promise((resolve) => child.on('exit', resolve));
  expect({ code, printed }).toEqual({ code: 0, printed: [] });
});
