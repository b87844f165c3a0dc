/**
 * What `elephant lab` and `elephant doctor` say where something is missing, and that nothing is left running.
 */
import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { InputError } from '../../lib/src/errors';
import { folders } from '../../lib/src/project';
import { cacheFolder, labEnvironment } from '../../lib/src/jupyter/lab/environment';
import { writeKernelSpec } from '../../lib/src/jupyter/lab/kernelSpec';
import { pattern } from '../pattern';
import { COMMAND } from '../support/elephant';
import { freshFolder } from '../support/folders';

let folder: string;
let before: string | undefined;
beforeEach(() => {
  folder = freshFolder();
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

/**
 * A program that answers like a Python of some version; `imports` is its exit code for anything but the
 * version.
 */
function fakePython(version: string, imports: number): string {
  const file = join(folder, 'python');
  writeFileSync(
    file,
    `#!/bin/sh\ncase "$2" in *version_info*) echo ${version};; *) echo "no such module" >&2; exit ` +
      `${imports};; esac\n`,
  );
  chmodSync(file, 0o755);
  return file;
}

describe.skipIf(process.platform === 'win32')('without a Python that will do', () => {
  test('none at all: says what to install', async () => {
    const error = await make(join(folder, 'absent'));
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toMatch(
      /expected Python 3\.9 or newer, got none of .*absent\. Install it/,
    );
  });

  test('one that is too old: names it', async () => {
    expect(((await make(fakePython('3.7.1', 0))) as Error).message).toMatch(
      /expected Python 3\.9 or newer, got .*python 3\.7\.1/,
    );
  });

  test('one without venv: says which package has it', async () => {
    expect(((await make(fakePython('3.11.2', 1))) as Error).message).toMatch(
      /3\.11\.2 lacks the module venv.*apt install python3-venv/,
    );
  });

  test('one whose environment cannot be made: shows why, and leaves nothing that looks whole', async () => {
    const file = join(folder, 'python');
    writeFileSync(
      file,
      '#!/bin/sh\ncase "$2" in *version_info*) echo 3.12.0;; *ensurepip*) exit 0;; *) echo "disk is ' +
        'full" >&2; exit 3;; esac\n',
    );
    chmodSync(file, 0o755);
    expect(((await make(file)) as Error).message).toMatch(/exit code 3:\ndisk is full/);
    const made = readdirSync(cacheFolder()).filter((name) =>
      existsSync(join(cacheFolder(), name, 'complete')),
    );
    expect(made).toEqual([]);
  });
});

/**
 * A Python whose JupyterLab only waits: it writes its process id into the file "started", and when it is told
 * to end "ended" into another, after which it ends or, where it is stubborn, does not. Environments that it
 * makes hold itself.
 */
function pythonOfLab(stubborn: boolean): string {
  const file = join(folder, 'python');
  writeFileSync(
    file,
    `#!/bin/sh
case "$*" in
  *version_info*) echo 3.12.0;;
  "-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python";;
  *jupyterlab.labapp*)
    trap 'echo ended > "${folder}/ended"; ${stubborn ? ':' : 'exit 0'}' TERM
    echo $$ > "${folder}/started"
    while :; do sleep 0.1; done;;
esac
`,
  );
  chmodSync(file, 0o755);
  return file;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(process.platform === 'win32')('what ends `elephant lab` ends JupyterLab', () => {
  const command = [process.execPath, COMMAND, 'lab', '--no-browser'];

  /** Starts a command line that starts `elephant lab`; resolves once JupyterLab runs. */
  async function started(
    [file, ...args]: readonly string[],
    { stubborn = false, env = {} as NodeJS.ProcessEnv } = {},
  ): Promise<{ child: ChildProcess; jupyter: number; ended: Promise<number | null> }> {
    const child = spawn(file, args, {
      stdio: 'ignore',
      env: { ...process.env, ELEPHANT_LAB_PYTHON: pythonOfLab(stubborn), ...env },
    });
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    const pid = (): number =>
      Number(existsSync(join(folder, 'started')) && readFileSync(join(folder, 'started'), 'utf8'));
    await expect.poll(pid, { timeout: 10_000 }).toBeGreaterThan(0);
    return { child, jupyter: pid(), ended };
  }

  test.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)('%s: JupyterLab is asked to end', async (signal) => {
    const { child, jupyter, ended } = await started(command);
    child.kill(signal);
    expect(await ended).toBe(130);
    expect(existsSync(join(folder, 'ended'))).toBe(true);
    expect(isRunning(jupyter)).toBe(false);
  });

  test('a second SIGTERM: it is killed if it does not end', async () => {
    const { child, jupyter, ended } = await started(command, { stubborn: true });
    child.kill('SIGTERM');
    await expect.poll(() => existsSync(join(folder, 'ended')), { timeout: 5000 }).toBe(true);
    expect(isRunning(jupyter)).toBe(true);
    child.kill('SIGTERM');
    expect(await ended).toBe(130);
    expect(isRunning(jupyter)).toBe(false);
  });

  test('the end of the shell that npm had started it in', async () => {
    const { child, jupyter } = await started(['/bin/sh', '-c', '"$0" "$@"; exit $?', ...command], {
      env: { npm_lifecycle_event: 'lab' },
    });
    child.kill('SIGTERM');
    await expect.poll(() => isRunning(jupyter), { timeout: 10_000 }).toBe(false);
    expect(existsSync(join(folder, 'ended'))).toBe(true);
  });
});

const hasPython = spawnSync('python3', ['--version']).status === 0;
if (!hasPython) console.log('Skipped: what becomes of JupyterLab when we are killed, which needs python3.');

describe.skipIf(process.platform === 'win32' || !hasPython)('a Python with another JupyterLab', () => {
  /** It notes its options, says who it is, and waits until it is told to end. */
  const STAND_IN = `
import os, signal, sys, time
def main():
    def end(*_):
        open(os.environ['NOTES'] + '/ended', 'w').close()
        sys.exit(0)
    signal.signal(signal.SIGTERM, end)
    open(os.environ['NOTES'] + '/options', 'w').write(' '.join(sys.argv[1:]))
    open(os.environ['NOTES'] + '/started', 'w').write(str(os.getpid()))
    while True: time.sleep(0.1)
`;

  test('gets options after --, and does not outlive us', async () => {
    mkdirSync(join(folder, 'jupyterlab'));
    writeFileSync(join(folder, 'jupyterlab', '__init__.py'), '');
    writeFileSync(join(folder, 'jupyterlab', 'labapp.py'), STAND_IN);
    mkdirSync(join(folder, 'jupyter_server', 'static'), { recursive: true });
    writeFileSync(
      join(folder, 'jupyter_server', '__init__.py'),
      "import os\nDEFAULT_STATIC_FILES_PATH = os.path.join(os.path.dirname(__file__), 'static')\n",
    );
    const python = join(folder, 'python');
    writeFileSync(
      python,
      `#!/bin/sh
case "$*" in
  "-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python";;
  "-m pip "*) ;;
  *) exec python3 "$@";;
esac
`,
    );
    chmodSync(python, 0o755);
    const child = spawn(process.execPath, [COMMAND, 'lab', '--no-browser', '--', '--ip', '0.0.0.0'], {
      stdio: 'ignore',
      env: { ...process.env, ELEPHANT_LAB_PYTHON: python, PYTHONPATH: folder, NOTES: folder },
    });
    const pid = (): number =>
      Number(existsSync(join(folder, 'started')) && readFileSync(join(folder, 'started'), 'utf8'));
    await expect.poll(pid, { timeout: 20_000 }).toBeGreaterThan(0);
    expect(readFileSync(join(folder, 'options'), 'utf8')).toMatch(/--no-browser.* --ip 0\.0\.0\.0$/);
    // The style for narrow pages lies where the server finds it, and is asked for.
    expect(readFileSync(join(folder, 'options'), 'utf8')).toContain('--LabApp.custom_css=True');
    const style = join(folder, 'jupyter_server', 'static', 'custom', 'custom.css');
    expect(readFileSync(style, 'utf8')).toContain('@media (max-width: 600px)');
    child.kill('SIGKILL');
    await expect.poll(() => existsSync(join(folder, 'ended')), { timeout: 5000 }).toBe(true);
    await expect.poll(() => isRunning(pid()), { timeout: 5000 }).toBe(false);
  });
});

test.skipIf(process.platform === 'win32').each([
  ['there is a browser, JupyterLab opens it', 0, ''],
  [
    'no browser can be opened, it opens none and says what to do',
    1,
    'no browser can be opened here: open the address that JupyterLab prints, including the token\n',
  ],
])('where %s', async (_, exitCode, said) => {
  const python = join(folder, 'python');
  writeFileSync(
    python,
    `#!/bin/sh
case "$*" in
  *version_info*) echo 3.12.0;;
  "-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python";;
  *jupyterlab.labapp*) echo "$*" > "${folder}/started";;
  *webbrowser*) exit ${exitCode};;
esac
`,
  );
  chmodSync(python, 0o755);
  const err = await new Promise<string>((resolve) => {
    execFile(
      process.execPath,
      [COMMAND, 'lab'],
      { env: { ...process.env, ELEPHANT_LAB_PYTHON: python } },
      (_, __, text) => resolve(text),
    );
  });
  expect(readFileSync(join(folder, 'started'), 'utf8').includes('--no-browser')).toBe(exitCode !== 0);
  expect(
    err
      .split('\n')
      .filter((line) => line.includes('browser'))
      .map((line) => `${line}\n`)
      .join(''),
  ).toBe(said);
});

test.skipIf(process.platform === 'win32')(
  '`elephant doctor` says which Python and JupyterLab there are, and installs none',
  async () => {
    const doctor = async (python: string): Promise<string[]> => {
      const out = await new Promise<string>((resolve) => {
        execFile(
          process.execPath,
          [COMMAND, 'doctor'],
          { env: { ...process.env, ELEPHANT_LAB_PYTHON: python } },
          (_, text) => resolve(text),
        );
      });
      return out.split('\n').filter((line) => /^(Python|JupyterLab)/.test(line));
    };
    expect(await doctor(join(folder, 'absent'))).toEqual([
      expect.stringMatching(
        /^Python +not here: lab: expected Python 3\.9 or newer, got none of .*absent\. Install it/,
      ),
      expect.stringMatching(/^JupyterLab +not available: it needs a Python with venv$/),
    ]);
    const python = pythonOfLab(false);
    expect(await doctor(python)).toEqual([
      expect.stringMatching(/^Python +works: .*python 3\.12\.0, with venv$/),
      expect.stringMatching(
        pattern(
          /^JupyterLab +not installed yet: the first "npm run lab" installs jupyterlab [\d.]+ /,
          /\(with plotly [\d.]+\) in .*cache\/lab-/,
        ),
      ),
    ]);
    expect(existsSync(cacheFolder())).toBe(false);
    await make(python);
    expect((await doctor(python))[1]).toMatch(/^JupyterLab +works: jupyterlab [\d.]+ .*cache\/lab-/);
  },
);

test("the kernel specification starts this project's kernel, from a folder of its own", () => {
  const path = writeKernelSpec();
  expect(path.startsWith(cacheFolder())).toBe(true);
  const spec = JSON.parse(readFileSync(join(path, 'kernels', 'tslab', 'kernel.json'), 'utf8')) as {
    argv: string[];
    language: string;
  };
  expect(spec.argv.at(-1)).toBe('{connection_file}');
  expect(spec.argv.slice(0, 2).every((file) => existsSync(file))).toBe(true);
  expect(spec.language).toBe('typescript');
});

/** `elephant lab` with a Jupyter data folder of its own. */
function labCommand(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [COMMAND, 'lab', ...args],
      { env: { ...process.env, JUPYTER_DATA_DIR: join(folder, 'jupyter'), ...env } },
      (error, out, err) => resolve({ code: Number(error?.code ?? 0), out, err }),
    );
  });
}

describe('`elephant lab --register`', () => {
  const registered = (): string => join(folder, 'jupyter', 'kernels', 'tslab');

  test("puts the kernel where all of the user's Jupyters look, and makes nothing else", async () => {
    const first = await labCommand(['--register', '--json']);
    expect(first.code, first.err).toBe(0);
    expect(JSON.parse(first.out)).toEqual({ kernel: registered(), replaced: null });
    const { argv } = JSON.parse(readFileSync(join(registered(), 'kernel.json'), 'utf8')) as {
      argv: string[];
    };
    expect(argv.slice(0, 2).every((file) => existsSync(file))).toBe(true);
    expect(existsSync(cacheFolder())).toBe(false);
    expect(await labCommand(['--register'])).toMatchObject({ code: 0, out: '' });
  });

  test('names another copy of the project whose kernel it replaces', async () => {
    mkdirSync(registered(), { recursive: true });
    const entry = '/other/lib/dist/jupyter/kernel/kernelMain.js';
    writeFileSync(join(registered(), 'kernel.json'), JSON.stringify({ argv: ['node', entry] }));
    expect((await labCommand(['--register'])).err).toContain(`${entry} was registered before`);
  });

  test("leaves another program's kernel alone", async () => {
    mkdirSync(registered(), { recursive: true });
    const theirs = JSON.stringify({ argv: ['tslab', 'kernel'] });
    writeFileSync(join(registered(), 'kernel.json'), theirs);
    const { code, err } = await labCommand(['--register']);
    expect(code).toBe(2);
    expect(err).toMatch(/another program's kernel "tslab".*jupyter kernelspec remove tslab/s);
    expect(readFileSync(join(registered(), 'kernel.json'), 'utf8')).toBe(theirs);
  });

  test('is refused beside options of JupyterLab', async () => {
    expect((await labCommand(['--register', '--prepare'])).code).toBe(2);
  });
});

test.skipIf(process.platform === 'win32')('a second JupyterLab on the notebooks says so', async () => {
  const runtime = join(folder, 'jupyter', 'runtime');
  mkdirSync(runtime, { recursive: true });
  const server = (pid: number, root_dir: string): void =>
    writeFileSync(
      join(runtime, `jpserver-${pid}.json`),
      JSON.stringify({ pid, root_dir, url: `http://localhost:${pid}/`, token: 'abc' }),
    );
  const ended = spawnSync(process.execPath, ['--version']).pid;
  server(process.pid, folders.notebooks);
  server(process.ppid, folder);
  server(ended, folders.notebooks);
  writeFileSync(join(runtime, 'jpserver-1.json'), '{"pid"');
  const { err } = await labCommand(['--no-browser'], { ELEPHANT_LAB_PYTHON: endingLab() });
  expect(err.match(/already open in process \d+: \S+/g)).toEqual([
    `already open in process ${process.pid}: http://localhost:${process.pid}/?token=abc`,
  ]);
});

/** A Python whose JupyterLab ends at once. */
function endingLab(): string {
  const file = join(folder, 'python');
  writeFileSync(
    file,
    '#!/bin/sh\ncase "$*" in\n  *version_info*) echo 3.12.0;;\n' +
      '  "-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python";;\nesac\n',
  );
  chmodSync(file, 0o755);
  return file;
}

test('a port in use is named before anything is made', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    const { code, stderr } = await new Promise<{ code: number | string | undefined; stderr: string }>(
      (resolve) => {
        execFile(process.execPath, [COMMAND, 'lab', '--port', String(port)], (error, _, text) =>
          resolve({ code: error?.code ?? 0, stderr: text }),
        );
      },
    );
    expect(stderr).toContain(`port ${port} is in use`);
    expect(code).toBe(2);
    expect(existsSync(cacheFolder())).toBe(false);
  } finally {
    server.close();
  }
});
