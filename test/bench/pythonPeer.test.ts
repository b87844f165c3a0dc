/** The peer of a benchmark in a process of its own; Node.js stands in for Python. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PythonPeer, type PythonOptions } from '../../bench/pythonPeer';
import { folderWith } from '../support/folders';

const peer = (code: string, options?: PythonOptions): PythonPeer =>
  new PythonPeer(join(folderWith({ 'peer.js': code }), 'peer.js'), process.execPath, options);
async function linesOf(of: PythonPeer): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of of.lines()) lines.push(line);
  return lines;
}

const ANSWERS = `
  require('node:readline').createInterface(process.stdin).on('line', (line) => {
    const { x } = JSON.parse(line);
    if (x === 3) { console.error('Traceback\\nValueError: no three'); process.exit(1); }
    console.log(JSON.stringify({ twice: 2 * x }));
  });`;

test('answers one request after another', async () => {
  const asked = peer(ANSWERS);
  expect([await asked.ask({ x: 1 }), await asked.ask({ x: 2 })]).toEqual([{ twice: 2 }, { twice: 4 }]);
  asked.stop();
});

test('if it fails, the error has the last line that it wrote, and so has every later request', async () => {
  const asked = peer(ANSWERS);
  const message = 'bench: peer.js ended (exit code 1): ValueError: no three';
  await expect(asked.ask({ x: 3 })).rejects.toThrow(message);
  await expect(asked.ask({ x: 1 })).rejects.toThrow(message);
});

test('a peer that ends without an answer is an error, although it ends well', async () => {
  await expect(peer('').ask({ x: 1 })).rejects.toThrow('bench: peer.js ended without an answer');
});

test('gives what it prints until it ends, with its arguments, environment and folder', async () => {
  const code = `console.log(process.argv[2]); console.log(process.env.GIVEN); console.log(process.cwd());`;
  const cwd = folderWith({});
  expect(await linesOf(peer(code, { args: ['a b'], env: { GIVEN: 'c' }, cwd }))).toEqual(['a b', 'c', cwd]);
});

test('lines of a peer that fails end with the error', async () => {
  const code = `console.log('first'); console.error('it broke'); process.exitCode = 2;`;
  await expect(linesOf(peer(code))).rejects.toThrow('bench: peer.js ended (exit code 2): it broke');
});

test('a Python that is not there is wrong input', async () => {
  const missing = new PythonPeer('peer.py', '/no/python');
  await expect(missing.ask({})).rejects.toThrow('--python: expected a Python, got no program "/no/python"');
});

test('ends with its signal', async () => {
  const controller = new AbortController();
  const lines = linesOf(peer('setInterval(() => 0, 1000);', { signal: controller.signal }));
  controller.abort();
  await expect(lines).rejects.toMatchObject({ name: 'AbortError' });
});
