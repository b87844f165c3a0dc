/**
 * `elephant lab`: opens the notebooks in JupyterLab. On first use it installs JupyterLab in an environment of
 * its own.
 */
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, resolve } from 'node:path';
import type { Command } from 'commander';
import { InputError } from '../errors';
import { folders, projectRoot } from '../project';
import { interruptSignal } from './interrupt';
import { jsonOption, wholeNumber } from './options';
import { ProgressLine } from './progress';

/** How long JupyterLab has to end its kernels before it is killed. */
const GRACE_MS = 10_000;
/** How often to check whether npm's shell is still there. */
const PARENT_MS = 1000;

interface LabOptions {
  port?: number;
  browser: boolean;
  prepare: boolean;
  register: boolean;
  json: boolean;
}

export function register(program: Command): void {
  program
    .command('lab')
    .description('open the notebooks in JupyterLab (installed on first use; needs Python 3.9 or newer)')
    .option(
      '--port <n>',
      'port on this machine (default: the first free one from 8888)',
      wholeNumber('--port', 1, 65535),
    )
    .option('--no-browser', 'print the address instead of opening a browser')
    .option('--prepare', 'set everything up, but do not start', false)
    .option(
      '--register',
      "register the notebooks' kernel with VS Code, nbconvert and your own JupyterLab; starts nothing",
      false,
    )
    .addOption(jsonOption())
    .argument('[jupyter...]', 'options of JupyterLab, after --: elephant lab -- --ip 0.0.0.0')
    .action(lab);
}

async function lab(own: readonly string[], options: LabOptions): Promise<void> {
  const { port, browser, prepare, json } = options;
  if (options.register) return registerAlone(own, options);
  if (port !== undefined && !(await isFree(port))) {
    throw new InputError(
      '--port',
      `port ${port} is in use on this machine`,
      'Choose another port, or leave out --port to get a free one',
    );
  }
  const results = process.env.ELEPHANT_RESULTS;
  if (results && !existsSync(resolve(projectRoot, results))) {
    throw new InputError(
      'ELEPHANT_RESULTS',
      `expected a results file, got ${results}, which does not exist`,
      "data/results/mini.json has the committed results; a path is relative to the project's folder",
    );
  }
  const { labEnvironment } = await import('../jupyter/lab/environment');
  const { writeKernelSpec } = await import('../jupyter/lab/kernelSpec');
  const line = new ProgressLine();
  const environment = await labEnvironment({
    signal: interruptSignal(),
    onLine: (text) => line.update(text, text.startsWith('making') || text.startsWith('installing')),
  });
  line.print();
  const kernels = writeKernelSpec();
  if (!prepare) await sayWhatRuns();
  // Its own extension manager would ask the package index for a list.
  const args = [
    `--ServerApp.root_dir=${folders.notebooks}`,
    '--LabApp.extension_manager=readonly',
    '--LabApp.custom_css=True',
  ];
  if (port !== undefined) args.push(`--ServerApp.port=${port}`, '--ServerApp.port_retries=0');
  const lacking = browser && !prepare && !(await canOpenBrowser(environment.python));
  if (!browser || lacking) args.push('--no-browser');
  if (lacking)
    process.stderr.write(
      'no browser can be opened here: open the address that JupyterLab prints, including the token\n',
    );
  // Jupyter refuses to run as root, as in a container, unless told to.
  if (process.getuid?.() === 0) args.push('--allow-root');
  if (json) {
    const { folder, python } = environment;
    const said = { environment: folder, python, kernels, notebooks: folders.notebooks, started: !prepare };
    process.stdout.write(`${JSON.stringify(said)}\n`);
  }
  if (!prepare) process.exitCode = await start(environment.python, [...args, ...own], kernels);
}

/** `elephant lab --register`. */
async function registerAlone(
  own: readonly string[],
  { port, browser, prepare, json }: LabOptions,
): Promise<void> {
  if (port !== undefined || !browser || prepare || own.length > 0)
    throw new InputError(
      '--register',
      'starts nothing, and cannot be combined with options of JupyterLab',
      'Give it alone',
    );
  const { registerKernel } = await import('../jupyter/lab/kernelSpec');
  const { folder, replaced } = registerKernel();
  if (json) process.stdout.write(`${JSON.stringify({ kernel: folder, replaced: replaced ?? null })}\n`);
  if (replaced !== undefined) process.stderr.write(`${replaced} was registered before, and no longer is\n`);
  process.stderr.write(
    `the kernel "TypeScript" is registered in ${folder}; to undo it, delete that folder\n` +
      'VS Code, nbconvert and every JupyterLab find it; notebooks in this project can import the library\n',
  );
}

/** Two servers on one folder write the same files. */
async function sayWhatRuns(): Promise<void> {
  const { runningServers } = await import('../jupyter/lab/runningServers');
  for (const { pid, url } of runningServers(folders.notebooks))
    process.stderr.write(
      `these notebooks are already open in process ${pid}: ${url}\n` +
        'starting a second JupyterLab; files saved in one overwrite those saved in the other\n',
    );
}

/**
 * Starts JupyterLab, and ends it when its standard input ends. The system closes that input when our process
 * is gone, however it ended.
 */
const LAUNCH = `
import os, signal, sys, threading, time
def watch():
    while os.read(0, 4096): pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(${GRACE_MS / 1000})
    os._exit(1)
threading.Thread(target=watch, daemon=True).start()
from jupyterlab.labapp import main
sys.exit(main())
`;

/**
 * Runs JupyterLab until it ends. It has its own process group: a signal sent to this process ends JupyterLab
 * first, with its kernels. A second signal ends it at once.
 */
function start(python: string, args: readonly string[], kernels: string): Promise<number> {
  const env = {
    ...process.env,
    JUPYTER_PATH: [kernels, process.env.JUPYTER_PATH].filter(Boolean).join(delimiter),
  };
  let stopped = false;
  const stop = (): void => {
    child.kill(stopped ? 'SIGKILL' : 'SIGTERM');
    if (!stopped) setTimeout(() => child.kill('SIGKILL'), GRACE_MS).unref();
    stopped = true;
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    const before = process.listeners(name);
    // Ours first: a signal that comes while nobody listens is lost.
    process.on(name, stop);
    for (const listener of before) process.off(name, listener);
  }
  // Only now: a signal that came before would end us alone.
  const child = spawn(python, ['-c', LAUNCH, ...args], {
    stdio: ['pipe', process.stderr, 'inherit'],
    env,
    detached: process.platform !== 'win32',
  });
  process.on('exit', () => child.kill('SIGTERM'));
  // npm passes a signal to its shell, which ends without telling us.
  const shell = process.ppid;
  if (process.env.npm_lifecycle_event !== undefined)
    setInterval(() => process.ppid !== shell && !stopped && stop(), PARENT_MS).unref();
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(stopped ? 130 : (code ?? 1)));
  });
}

/**
 * Asks Python, as JupyterLab will. It finds no browser if there is no desktop, no terminal browser and no
 * BROWSER.
 */
function canOpenBrowser(python: string): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(python, ['-c', 'import webbrowser; webbrowser.get()'], (error) => resolve(error === null));
  });
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
