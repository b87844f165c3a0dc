/** What `elephant lab` says where something is missing, and where it puts its kernel specification. */
import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { InputError } from '../../lib/src/errors';
import { projectRoot } from '../../lib/src/project';
import { cacheFolder, labEnvironment } from '../../lib/src/report/lab/environment';
import { writeKernelSpec } from '../../lib/src/report/lab/kernelSpec';

let folder: string;
let before: string | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'elephant-test-'));
  before = process.env.ELEPHANT_CACHE;
  process.env.ELEPHANT_CACHE = join(folder, 'cache');
});
afterEach(() => {
  if (before === undefined) delete process.env.ELEPHANT_CACHE;
  else process.env.ELEPHANT_CACHE = before;
  rmSync(folder, { recursive: true, force: true });
});

function make(python: string): Promise<unknown> {
  return labEnvironment({ python, signal: new AbortController().signal, onLine: () => undefined }).then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** A program that answers like a Python of some version; `imports` is its exit code for anything but the version. */
function fakePython(version: string, imports: number): string {
  const file = join(folder, 'python');
  writeFileSync(file, `#!/bin/sh\ncase "$2" in *version_info*) echo ${version};; *) echo "no such module" >&2; exit ${imports};; esac\n`);
  chmodSync(file, 0o755);
  return file;
}

describe.skipIf(process.platform === 'win32')('without a Python that will do', () => {
  test('none at all: says what to install', async () => {
    const error = await make(join(folder, 'absent'));
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toMatch(/expected Python 3\.9 or newer, got none of .*absent\. Install it/);
  });

  test('one that is too old: names it', async () => {
    expect(((await make(fakePython('3.7.1', 0))) as Error).message).toMatch(/expected Python 3\.9 or newer, got .*python 3\.7\.1/);
  });

  test('one without venv: says which package has it', async () => {
    expect(((await make(fakePython('3.11.2', 1))) as Error).message).toMatch(/3\.11\.2 lacks the module venv.*apt install python3-venv/);
  });

  test('one whose environment cannot be made: shows why, and leaves nothing that looks whole', async () => {
    const file = join(folder, 'python');
    writeFileSync(file, '#!/bin/sh\ncase "$2" in *version_info*) echo 3.12.0;; *ensurepip*) exit 0;; *) echo "disk is full" >&2; exit 3;; esac\n');
    chmodSync(file, 0o755);
    expect(((await make(file)) as Error).message).toMatch(/exit code 3:\ndisk is full/);
    const made = readdirSync(cacheFolder()).filter((name) => existsSync(join(cacheFolder(), name, 'complete')));
    expect(made).toEqual([]);
  });
});

test('the kernel specification starts this project\'s kernel, from a folder of its own', () => {
  const path = writeKernelSpec();
  expect(path.startsWith(cacheFolder())).toBe(true);
  const spec = JSON.parse(readFileSync(join(path, 'kernels', 'tslab', 'kernel.json'), 'utf8')) as { argv: string[]; language: string };
  expect(spec.argv.at(-1)).toBe('{connection_file}');
  expect(spec.argv.slice(0, 2).every((file) => existsSync(file))).toBe(true);
  expect(spec.language).toBe('typescript');
});

test('a port in use is named before anything is made', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    const { code, stderr } = await new Promise<{ code: number | string | undefined; stderr: string }>((resolve) => {
      execFile(process.execPath, [join(projectRoot, 'lib', 'bin', 'elephant.js'), 'lab', '--port', String(port)], (error, _, text) => resolve({ code: error?.code ?? 0, stderr: text }));
    });
    expect(stderr).toContain(`port ${port} is in use`);
    expect(code).toBe(2);
    expect(existsSync(cacheFolder())).toBe(false);
  } finally {
    server.close();
  }
});
