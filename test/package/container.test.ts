/**
 * The container of .devcontainer: instructions, stages and ports agree with each other and with
 * docs/teaching.md, and its command lines are ones that there are. `.ci/run` lints the Dockerfile, and builds
 * it where Docker is.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { register as registerLab } from '../../lib/src/cli/lab';
import { projectRoot } from '../../lib/src/project';

const text = (...path: string[]): string => readFileSync(join(projectRoot, ...path), 'utf8');

const file = text('.devcontainer', 'Dockerfile');
/** One per instruction; lines that end in a backslash are joined. */
const instructions = file
  .replace(/\\\n\s*/g, '')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => {
    const [name, ...words] = line.split(' ');
    return { name, words, line };
  });
const named = (name: string) => instructions.filter((instruction) => instruction.name === name);
/** What is used of https://containers.dev/implementors/json_reference; a misspelt key is an error. */
const { build, forwardPorts, postCreateCommand } = v.parse(
  v.strictObject({
    name: v.string(),
    build: v.strictObject({ dockerfile: v.string(), context: v.literal('..'), target: v.string() }),
    remoteUser: v.literal('node'),
    postCreateCommand: v.string(),
    forwardPorts: v.array(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535))),
    customizations: v.strictObject({
      vscode: v.strictObject({
        extensions: v.array(v.pipe(v.string(), v.regex(/^[\w-]+\.[\w-]+$/))),
      }),
    }),
    hostRequirements: v.strictObject({ cpus: v.number(), memory: v.pipe(v.string(), v.regex(/^\d+gb$/)) }),
  }),
  JSON.parse(text('.devcontainer', 'devcontainer.json')),
);

test('it has instructions that Docker knows, the first a base image with a Node.js that will do', () => {
  const known = ['FROM', 'RUN', 'USER', 'WORKDIR', 'COPY', 'ENV', 'EXPOSE', 'CMD'];
  expect(instructions.filter(({ name }) => !known.includes(name))).toEqual([]);
  const [, major] = /^FROM node:(\d+)-/.exec(instructions[0].line) ?? [];
  expect([20, 22, 24]).toContain(Number(major));
  expect(named('CMD')).toHaveLength(1);
});

test('stages are built on each other, and the one that the development environment takes is there', () => {
  const stages = named('FROM').map(({ words: [base, as, name] }) => {
    expect(as).toBe('AS');
    return { base, name };
  });
  stages.slice(1).forEach(({ base }, i) => expect(base).toBe(stages[i].name));
  expect(stages.map(({ name }) => name)).toContain(build.target);
  expect(existsSync(join(projectRoot, '.devcontainer', build.dockerfile))).toBe(true);
});

test('one port everywhere, and options that there are', () => {
  const [cmd] = named('CMD');
  const words = JSON.parse(cmd.words.join(' ')) as string[];
  const port = Number(words[words.indexOf('--port') + 1]);
  expect(named('EXPOSE')[0].words).toEqual([String(port)]);
  expect(forwardPorts).toEqual([port]);
  const page = text('docs', 'teaching.md');
  expect(page).toContain(`docker run --rm -p ${port}:${port} elephant`);
  expect(page).toContain('docker build -f .devcontainer/Dockerfile -t elephant .');

  const [, results = 'none'] = /^env ELEPHANT_RESULTS=(\S+) /.exec(words.join(' ')) ?? [];
  expect(existsSync(join(projectRoot, results)), results).toBe(true);

  const program = new Command();
  registerLab(program);
  const known = program.commands[0].options.map(({ long }) => long);
  const lines = [words.slice(0, words.indexOf('--')).join(' '), postCreateCommand, file]
    .flatMap((line) => line.split(/&&|\n/))
    .map((line) => line.trim())
    .flatMap((line) => /npx elephant lab( --.*)$/.exec(line)?.[1] ?? []);
  expect(lines.length).toBeGreaterThanOrEqual(4);
  for (const line of lines)
    for (const option of line.split(' ').filter((word) => word.startsWith('--')))
      expect(known, line).toContain(option);
});

test('what is made here is not sent to Docker', () => {
  const left = text('.devcontainer', 'Dockerfile.dockerignore').split('\n');
  expect(left).toEqual(expect.arrayContaining(['**/node_modules', 'lib/dist', 'data/store']));
});
