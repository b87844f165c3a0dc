/**
 * Starts PyTorch for a comparison: tensors go there and come back as safetensors, the rest as JSON. Needs
 * ELEPHANT_PYTHON, a Python with torch, numpy and safetensors; the tests skip with a printed reason where it
 * is not set.
 */
import { execFile, spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readSafetensors, writeSafetensors } from '../../lib/src/engine/safetensors/safetensors';
import type { NamedHostTensors } from '../../lib/src/engine/types';
import { freshFolder } from '../support/folders';

export const python = process.env.ELEPHANT_PYTHON;

/**
 * Runs test/parity/<script> once for several requests (loading PyTorch takes longer than most of them);
 * returns the tensors that each is answered with, in order.
 */
export async function askPyTorch(
  script: string,
  requests: readonly { request: object; tensors: NamedHostTensors }[],
): Promise<NamedHostTensors[]> {
  const root = freshFolder();
  try {
    const folders: string[] = [];
    for (const [i, { request, tensors }] of requests.entries()) {
      const folder = join(root, String(i));
      mkdirSync(folder);
      writeFileSync(join(folder, 'request.json'), JSON.stringify(request));
      await writeSafetensors(join(folder, 'request.safetensors'), tensors);
      folders.push(folder);
    }
    await promisify(execFile)(python!, [join(__dirname, script), ...folders]);
    const answers: NamedHostTensors[] = [];
    for (const folder of folders)
      answers.push((await readSafetensors(join(folder, 'answer.safetensors'))).tensors);
    return answers;
  } finally {
    rmSync(root, { recursive: true });
  }
}

/**
 * A script of test/parity that stays and takes a folder a line on its standard input; it answers each with
 * the line "done".
 */
export interface PythonServer {
  /**
   * Resolves once the script has done with the folder; rejects with what it printed where it ended instead.
   * One at a time.
   */
  ask(folder: string): Promise<void>;
  stop(): void;
}

export function startPython(script: string): PythonServer {
  const child = spawn(python!, [join(__dirname, script)], { stdio: ['pipe', 'pipe', 'pipe'] });
  let printed = '';
  child.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  return {
    ask: (folder) =>
      new Promise((resolve, reject) => {
        const ended = (): void => reject(new Error(`${script} ended:\n${printed}`));
        if (child.exitCode !== null) return ended();
        child.once('close', ended);
        child.stdout.once('data', () => {
          child.off('close', ended);
          resolve();
        });
        child.stdin.write(`${folder}\n`);
      }),
    stop: () => void child.stdin.end(),
  };
}

/** Tensors whose names begin with `prefix`, without it. */
export function withPrefix(tensors: NamedHostTensors, prefix: string): NamedHostTensors {
  return Object.fromEntries(
    Object.entries(tensors).flatMap(([name, t]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), t]] : [],
    ),
  );
}

/** Norm of the difference over the norm of `expected`, over the names that pass. */
export function distance(
  got: NamedHostTensors,
  expected: NamedHostTensors,
  filter: (name: string) => boolean = () => true,
): number {
  let difference = 0;
  let norm = 0;
  for (const [name, { data }] of Object.entries(expected)) {
    if (!filter(name)) continue;
    data.forEach((x, i) => {
      difference += (x - got[name].data[i]) ** 2;
      norm += x * x;
    });
  }
  return Math.sqrt(difference / norm);
}
