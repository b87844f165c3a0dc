/**
 * The Python environment that holds JupyterLab: made once in the user's cache folder, with pinned packages;
 * from then on it needs no network. Nothing is installed into the user's own Python. `elephant lab` uses it,
 * and `elephant doctor` reports it.
 */
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../../errors';
import { acquireLock } from '../../pipeline/lock';
import { writeFileAtomic } from '../../writeAside';

/** JupyterLab, and the renderer that makes Plotly figures interactive in it. */
export const LAB_REQUIREMENTS = ['jupyterlab==4.4.10', 'plotly==6.3.1'] as const;

const OLDEST_PYTHON = [3, 9] as const;

/**
 * JupyterLab's settings in this environment: no question about news, no check for updates, lines of code that
 * wrap, and more time for the first completion, when the kernel reads the library's types (JupyterLab's
 * default is 1 s).
 */
const SETTINGS = {
  '@jupyterlab/apputils-extension:notification': { fetchNews: 'false', checkForUpdates: false },
  '@jupyterlab/completer-extension:manager': { providerTimeout: 15_000 },
  '@jupyterlab/notebook-extension:tracker': { codeCellConfig: { lineNumbers: false, lineWrap: true } },
};

/**
 * JupyterLab's style on a page as narrow as a phone. A figure is drawn 760 pixels wide, and here it is scaled
 * to its cell; tables get small letters and close columns, and long code in a sentence breaks. So nothing
 * scrolls sideways but tables of many columns.
 */
const STYLE = `@media (max-width: 600px) {
  .jp-OutputArea-child { container-type: inline-size; }
  .jp-RenderedPlotly .plot-container { zoom: min(1, tan(atan2(100cqw, 760px))); }
  .jp-OutputArea .jp-RenderedHTMLCommon { padding-right: 0; }
  .jp-OutputArea .jp-RenderedHTMLCommon table { font-size: 11px; }
  .jp-OutputArea .jp-RenderedHTMLCommon :is(td, th) { padding: 0.25em; }
  .jp-RenderedHTMLCommon code { overflow-wrap: anywhere; }
}
`;

/** Where the server looks for custom.css if the user has none of their own. */
const WRITE_STYLE = `
import pathlib, sys, jupyter_server
folder = pathlib.Path(jupyter_server.DEFAULT_STATIC_FILES_PATH) / 'custom'
folder.mkdir(exist_ok=True)
(folder / 'custom.css').write_text(sys.argv[1])
`;

/** Advice in messages about the cache folder. */
export const IN_CACHE = { another: 'set another folder with ELEPHANT_CACHE' };

export interface LabEnvironment {
  readonly folder: string;
  readonly python: string;
}

export interface LabEnvironmentOptions {
  /** The user's Python; by default python3 or python, or ELEPHANT_LAB_PYTHON. */
  readonly python?: string;
  readonly signal: AbortSignal;
  /** Called with each line that the installation prints. */
  readonly onLine: (line: string) => void;
}

/** The folder for files that can be made again: the platform's cache folder. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env.ELEPHANT_CACHE) return env.ELEPHANT_CACHE;
  if (env.XDG_CACHE_HOME) return join(env.XDG_CACHE_HOME, 'elephant');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'elephant');
  if (process.platform === 'win32')
    return join(env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'elephant');
  return join(homedir(), '.cache', 'elephant');
}

/** Where the environment is or will be, and whether it has been made. */
export function expectedEnvironment(): LabEnvironment & { made: boolean } {
  const name = createHash('sha256')
    .update(JSON.stringify([LAB_REQUIREMENTS, SETTINGS, STYLE]))
    .digest('hex')
    .slice(0, 12);
  const folder = join(cacheFolder(), `lab-${name}`);
  const python =
    process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
  return { folder, python, made: existsSync(completeFile(folder)) && existsSync(python) };
}

/** Written last, so an interrupted installation is made again. */
const completeFile = (folder: string): string => join(folder, 'complete');

/** The environment, which is made if it does not exist. */
export async function labEnvironment(options: LabEnvironmentOptions): Promise<LabEnvironment> {
  const { folder, python, made } = expectedEnvironment();
  if (made) return { folder, python };
  const lock = await acquireLock(
    cacheFolder(),
    options.signal,
    (pid) => options.onLine(`waiting for process ${pid}, which is making the environment`),
    'ELEPHANT_CACHE',
  );
  try {
    if (!existsSync(completeFile(folder))) {
      await make(folder, python, (await findPython(options.python)).command, options);
      writeFileAtomic(completeFile(folder), `${LAB_REQUIREMENTS.join('\n')}\n`, IN_CACHE);
    }
  } finally {
    lock.release();
  }
  return { folder, python };
}

async function make(
  folder: string,
  python: string,
  base: string,
  options: LabEnvironmentOptions,
): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  options.onLine(`making a Python environment in ${folder}`);
  await step(
    base,
    ['-m', 'venv', folder],
    'lab: python -m venv',
    'On Debian and Ubuntu: apt install python3-venv',
    options,
  );
  options.onLine(`installing ${LAB_REQUIREMENTS.join(', ')}`);
  const advice =
    'The package index must be reachable the first time (proxy: set HTTPS_PROXY; own index: set ' +
    'PIP_INDEX_URL). Then run "elephant lab" again';
  await step(
    python,
    ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', ...LAB_REQUIREMENTS],
    'lab: pip install',
    advice,
    options,
  );
  const settings = join(folder, 'share', 'jupyter', 'lab', 'settings', 'overrides.json');
  writeFileAtomic(settings, JSON.stringify(SETTINGS), IN_CACHE);
  await step(python, ['-c', WRITE_STYLE, STYLE], 'lab: style', IN_CACHE.another, options);
}

/** A Python that can make environments. An InputError says what to install if there is none. */
export async function findPython(
  wanted = process.env.ELEPHANT_LAB_PYTHON,
): Promise<{ command: string; version: string }> {
  const candidates = wanted === undefined ? ['python3', 'python'] : [wanted];
  const found: string[] = [];
  for (const command of candidates) {
    const version = await answer(command, 'import sys; print(*sys.version_info[:3], sep=".")');
    if (version === undefined) continue;
    const [major, minor] = version.split('.').map(Number);
    if (major < OLDEST_PYTHON[0] || (major === OLDEST_PYTHON[0] && minor < OLDEST_PYTHON[1])) {
      found.push(`${command} ${version}`);
      continue;
    }
    if ((await answer(command, 'import venv, ensurepip')) !== undefined) return { command, version };
    throw new InputError(
      'lab',
      `${command} ${version} lacks the module venv`,
      'On Debian and Ubuntu: apt install python3-venv',
    );
  }
  const got = found.length > 0 ? found.join(', ') : `none of ${candidates.join(', ')}`;
  throw new InputError(
    'lab',
    `expected Python ${OLDEST_PYTHON.join('.')} or newer, got ${got}`,
    'Install it (python.org, or your system\'s package "python3" with "python3-venv"), or name one ' +
      'with ELEPHANT_LAB_PYTHON',
  );
}

/** The output of a one-line Python program; undefined if it fails, or there is no such Python. */
function answer(python: string, program: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(python, ['-c', program], (error, stdout) => resolve(error === null ? stdout.trim() : undefined));
  });
}

function step(
  command: string,
  args: readonly string[],
  where: string,
  advice: string,
  { signal, onLine }: LabEnvironmentOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], signal });
    let last = '';
    const take = (chunk: Buffer): void => {
      const lines = chunk
        .toString()
        .split('\n')
        .map((line) => line.trim())
        .filter(Boolean);
      for (const line of lines) onLine(line);
      last = [...last.split('\n'), ...lines].slice(-8).join('\n');
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0
        ? resolve()
        : reject(new InputError(where, `ended with exit code ${code}:\n${last.trim()}\n`, advice)),
    );
  });
}
