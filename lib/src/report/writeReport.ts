/**
 * The report as a whole: computes what is missing, draws the figures, runs the notebooks, and writes
 * paper-repro.md and data/results. It does none of this if nothing changed.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { resultsPath, resultsText } from '../experiments/results/exportResults';
import type { RunStatus } from '../pipeline/runState';
import type { StoreSession } from '../experiments/openProfile';
import type { Session } from '../experiments/session';
import { folders, projectRoot } from '../project';
import { writeFileAtomic } from '../writeAside';
import { fileHash, libraryHash, sha256 } from './hashes';
import type { NotebookInputs } from '../jupyter/notebook/freshness';
import { runNotebooks, type NotebookResults } from '../jupyter/notebook/runNotebooks';
import type { NotebookProgress } from '../jupyter/notebook/runNotebook';
import { notebooksOf, type ChosenNotebooks } from './notebooks';
import { shownResults } from './otherProfiles';
import type { Block } from './block';
import type { Choice } from './chooseParts';
import { renderParts, renderReport, REPORT_FILE } from './renderReport';

export interface WriteReportOptions {
  readonly signal: AbortSignal;
  /** Environment of the kernels, with the parameters for the notebooks' first cells. */
  readonly env: NodeJS.ProcessEnv;
  readonly cellSeconds?: number;
  readonly parallel: number;
  readonly onStages: (status: RunStatus) => void;
  readonly onNotebook: (progress: NotebookProgress) => void;
}

export interface WrittenReport {
  readonly report: string;
  /** Files that were written, relative to the project, in alphabetical order. */
  readonly written: readonly string[];
  readonly notebooks: WrittenNotebooks;
}

export interface WrittenNotebooks extends NotebookResults {
  /** Names of notebooks that the profile has no results for. They are not run or changed. */
  readonly leftOut: readonly string[];
}

/**
 * The inputs of the written files, and the files' hashes. It is kept beside the store, which it refers to.
 */
const STAMP_FILE = join(folders.data, 'report.json');

interface Stamp {
  readonly inputs: string;
  /** Hash of the results' text, whether it has a file or not. */
  readonly results: string;
  readonly files: Record<string, string>;
}

export async function writeReport(
  session: StoreSession,
  options: WriteReportOptions,
): Promise<WrittenReport> {
  await session.run(session.nodes(), options.onStages);
  const library = libraryHash();
  const inputs = inputsKey(session, library);
  const present = unchanged(inputs);
  const { results, written } =
    present === undefined
      ? await writeFiles(session, inputs, options.signal)
      : { results: present.results, written: [] };
  return {
    report: name(REPORT_FILE),
    written,
    notebooks: await run(notebooksOf(session.profile), options, {
      library,
      results: shownResults(results, session.profile),
    }),
  };
}

/**
 * Some parts only: computes their stages, writes their figures, runs their notebooks, and returns their
 * blocks. paper-repro.md stays as it is.
 */
export async function writeParts(
  session: StoreSession,
  { parts, sections }: Choice,
  options: WriteReportOptions,
): Promise<{ blocks: Block[]; written: string[]; notebooks: WrittenNotebooks }> {
  const { blocks, files } = await renderParts(session, parts, options.signal);
  const library = libraryHash();
  return {
    blocks,
    written: writeChanged(files),
    notebooks: await run(notebooksOf(session.profile, sections), options, {
      library,
      results: shownResults(await resultsHash(session, library, options.signal), session.profile),
    }),
  };
}

/** Hash of the results as in a whole report; if results are missing, of their inputs. */
async function resultsHash(session: StoreSession, library: string, signal: AbortSignal): Promise<string> {
  const inputs = inputsKey(session, library);
  if (session.progress().missing > 0) return inputs;
  return unchanged(inputs)?.results ?? sha256(await resultsText(session, signal));
}

/** Only paper-repro.md and the figures, from a session that has all results. */
export async function writeRendered(session: Session, signal: AbortSignal): Promise<string[]> {
  return writeChanged(await renderReport(session, signal));
}

/** Runs the notebooks on a results file, which `options.env` names. Trains nothing. */
export async function runOnResults(session: Session, options: WriteReportOptions): Promise<WrittenNotebooks> {
  const results = sha256(await resultsText(session, options.signal));
  return run(notebooksOf(session.profile), options, {
    library: libraryHash(),
    results: shownResults(results, session.profile),
  });
}

async function run(
  { files, leftOut }: ChosenNotebooks,
  options: WriteReportOptions,
  inputs: NotebookInputs,
): Promise<WrittenNotebooks> {
  const { env, signal, parallel, cellSeconds, onNotebook } = options;
  return {
    ...(await runNotebooks(files, { inputs, env, signal, parallel, cellSeconds, onProgress: onNotebook })),
    leftOut,
  };
}

async function writeFiles(
  session: Session,
  inputs: string,
  signal: AbortSignal,
): Promise<{ results: string; written: string[] }> {
  const files = await renderReport(session, signal);
  const text = await resultsText(session, signal);
  const resultsFile = resultsPath(session.profile);
  if (resultsFile !== undefined) files.set(resultsFile, text);
  const written = writeChanged(files);
  const stamp: Stamp = {
    inputs,
    results: sha256(text),
    files: Object.fromEntries([...files].map(([file, content]) => [name(file), sha256(content)])),
  };
  writeFileAtomic(STAMP_FILE, `${JSON.stringify(stamp, null, 1)}\n`);
  return { results: stamp.results, written };
}

/**
 * Writes the files that differ from the disk. Returns their names, relative to the project, in alphabetical
 * order.
 */
function writeChanged(files: ReadonlyMap<string, string>): string[] {
  const changed = [...files].filter(
    ([file, content]) => !existsSync(file) || readFileSync(file, 'utf8') !== content,
  );
  for (const [file, content] of changed) writeFileAtomic(file, content);
  return changed.map(([file]) => name(file)).sort();
}

/** The stamp if the files were made from these inputs and have not been changed since. */
function unchanged(inputs: string): Stamp | undefined {
  if (!existsSync(STAMP_FILE)) return undefined;
  const stamp = JSON.parse(readFileSync(STAMP_FILE, 'utf8')) as Stamp;
  const same =
    stamp.inputs === inputs &&
    Object.entries(stamp.files).every(([file, hash]) => fileHash(join(projectRoot, file)) === hash);
  return same ? stamp : undefined;
}

/**
 * Everything the files depend on: profile, results (by the keys of their stages), the library, and other
 * profiles' results.
 */
function inputsKey(session: StoreSession, library: string): string {
  return sha256(
    JSON.stringify([
      session.profile,
      session.nodes().map(({ key }) => key),
      library,
      fileHash(join(projectRoot, 'lib', 'data', 'paper-tables.json')),
      shownResults('', session.profile),
    ]),
  );
}

/** A file's name for people: relative to the project, with slashes. */
function name(file: string): string {
  return relative(projectRoot, file).split('\\').join('/');
}
