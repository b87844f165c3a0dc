/**
 * A real Jupyter for tests: the environment of `elephant lab`, in a folder of its own that resolves the
 * library. Not a test.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { labEnvironment } from '../../lib/src/jupyter/lab/environment';
import { writeKernelSpec } from '../../lib/src/jupyter/lab/kernelSpec';
import { NOTEBOOKS } from '../../lib/src/report/notebooks';

/** Why these tests cannot run here, or undefined. */
export function missingForJupyter(browser: boolean): string | undefined {
  if (process.env.ELEPHANT_LAB !== '1')
    return 'ELEPHANT_LAB=1 is not set (needs Python and, the first time, the Python package index)';
  if (browser && !existsSync(chromiumPath()))
    return `no Chromium at ${chromiumPath()} (ELEPHANT_CHROMIUM names another)`;
  return undefined;
}

export function chromiumPath(): string {
  return process.env.ELEPHANT_CHROMIUM ?? '/usr/bin/chromium';
}

/**
 * Notebooks that can be run here, and the environment for them. With ELEPHANT_STORE naming a store that
 * `elephant report` has filled (and ELEPHANT_PROFILE its profile) all of them; without it the one that needs
 * no training.
 */
export function runnableNotebooks(folder: string): { names: string[]; env: NodeJS.ProcessEnv } {
  const { ELEPHANT_STORE, ELEPHANT_PROFILE = 'mini' } = process.env;
  if (ELEPHANT_STORE === undefined)
    return {
      names: ['04-2-settings'],
      env: { ELEPHANT_PROFILE: 'smoke', ELEPHANT_STORE: join(folder, 'store') },
    };
  return { names: NOTEBOOKS.map(({ name }) => name), env: { ELEPHANT_PROFILE, ELEPHANT_STORE } };
}

export interface Jupyter {
  readonly python: string;
  readonly env: NodeJS.ProcessEnv;
}

export async function jupyter(env: NodeJS.ProcessEnv): Promise<Jupyter> {
  const { python } = await labEnvironment({ signal: new AbortController().signal, onLine: () => undefined });
  return { python, env: { ...process.env, ...env, JUPYTER_PATH: writeKernelSpec() } };
}

/** Executes a notebook in place through Jupyter's own client. */
export function execute({ python, env }: Jupyter, file: string): { status: number | null; output: string } {
  const { status, stderr } = spawnSync(
    python,
    ['-m', 'jupyter', 'execute', '--inplace', '--timeout=120', file],
    { env, encoding: 'utf8' },
  );
  return { status, output: stderr };
}

/** Starts JupyterLab; resolves with its address once it answers. */
export async function startLab(
  { python, env }: Jupyter,
  folder: string,
): Promise<{ url: URL; stop: () => Promise<void> }> {
  const args = [
    '-m',
    'jupyterlab',
    `--ServerApp.root_dir=${folder}`,
    '--no-browser',
    '--ServerApp.port=0',
    '--allow-root',
    '--LabApp.custom_css=True',
  ];
  const server = spawn(python, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise<void>((resolve) => server.on('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    server.kill('SIGTERM');
    await ended;
  };
  const url = await new Promise<URL>((resolve, reject) => {
    let log = '';
    server.stderr.on('data', (chunk: Buffer) => {
      log += chunk.toString();
      const address = /http:\/\/127\.0\.0\.1:\d+\/lab\?token=\w+/.exec(log);
      if (address !== null) resolve(new URL(address[0]));
    });
    void ended.then(() => reject(new Error(`JupyterLab ended:\n${log}`)));
  });
  return { url, stop };
}

/** Opens a notebook of the folder and waits for its kernel. */
export async function openNotebook(page: Page, url: URL, name: string): Promise<void> {
  await page.goto(new URL(`/lab/tree/${name}${url.search}&reset`, url).href);
  await page.waitForSelector('.jp-Notebook .jp-CodeCell');
  // What is run while the kernel is still connecting is lost, in every kernel's notebooks.
  await page.locator('#jp-main-statusbar', { hasText: '| Idle' }).waitFor();
}

export async function runAll(page: Page): Promise<void> {
  await command(page, 'Run', 'Run All Cells');
}

/** A command of the menu. */
export async function command(page: Page, menu: string, item: string): Promise<void> {
  await page.locator('.lm-MenuBar-itemLabel', { hasText: new RegExp(`^${menu}$`) }).click();
  await page
    .locator('.lm-Menu-itemLabel', { hasText: new RegExp(`^${item}`) })
    .first()
    .click();
}

/** Waits until no cell is running or waiting to run. */
export async function whenIdle(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const prompts = [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].map(
      (prompt) => prompt.textContent ?? '',
    );
    return prompts.some((text) => /\d/.test(text)) && !prompts.some((text) => text.includes('*'));
  });
}

/** Saves a picture for people, where ELEPHANT_SCREENSHOTS names a folder. */
export async function picture(page: Page, name: string): Promise<void> {
  if (process.env.ELEPHANT_SCREENSHOTS !== undefined)
    await page.screenshot({ path: join(process.env.ELEPHANT_SCREENSHOTS, `${name}.png`) });
}
