/**
 * Whether what is committed matches the results: report, figures, results file, notebooks. Writes nothing.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { resultsPath, resultsText } from '../experiments/results/exportResults';
import type { Session } from '../experiments/session';
import { folders, projectRoot } from '../project';
import { sha256 } from './hashes';
import { checkNotebook } from '../jupyter/notebook/checkNotebook';
import { OTHER_RESULTS, staleness } from '../jupyter/notebook/freshness';
import { readNotebook } from '../jupyter/notebook/readNotebook';
import { notebookFiles, notebooksOf } from './notebooks';
import { shownResults } from './otherProfiles';
import { renderReport } from './renderReport';

/** What differs, one line each, and why. */
export interface Mismatch {
  readonly problems: readonly string[];
  /**
   * `results`: the results have changed. `rendering`: the results are the same, but the report or a figure
   * looks different. `notebooks`: only notebooks differ.
   */
  readonly cause: 'results' | 'rendering' | 'notebooks';
}

/** Undefined if everything matches. `session` must have all results. */
export async function checkReport(session: Session, signal?: AbortSignal): Promise<Mismatch | undefined> {
  const files = await renderReport(session, signal);
  const text = await resultsText(session, signal);
  const file = resultsPath(session.profile);
  const results = file === undefined ? [] : differences(new Map([[file, text]]));
  const rendered = [...differences(files), ...strayFigures(files)];
  const notebooks = checkNotebooks(
    notebooksOf(session.profile).files,
    shownResults(sha256(text), session.profile),
  );
  const problems = [...rendered, ...results, ...notebooks];
  if (problems.length === 0) return undefined;
  const otherResults = results.length > 0 || notebooks.some((problem) => problem.endsWith(OTHER_RESULTS));
  return { problems, cause: otherResults ? 'results' : rendered.length > 0 ? 'rendering' : 'notebooks' };
}

/**
 * What is wrong with the notebooks, one line each. With `results` (a hash), also whether they were run on
 * those results.
 */
export function checkNotebooks(files: readonly string[] = notebookFiles(), results?: string): string[] {
  return files.flatMap((file) => {
    if (!existsSync(file)) return [`notebooks/${basename(file)}: does not exist`];
    const notebook = readNotebook(file);
    const problems = checkNotebook(notebook);
    const stale = problems.length === 0 ? staleness(notebook, { results }) : undefined;
    return [...problems, ...(stale === undefined ? [] : [stale])].map(
      (problem) => `notebooks/${basename(file)}: ${problem}`,
    );
  });
}

function differences(files: ReadonlyMap<string, string>): string[] {
  return [...files].flatMap(([file, content]) => {
    const name = relative(projectRoot, file).split('\\').join('/');
    if (!existsSync(file)) return [`${name}: does not exist`];
    const present = readFileSync(file, 'utf8');
    if (present === content) return [];
    const lines = content.split('\n');
    const line = present.split('\n').findIndex((text, i) => text !== lines[i]);
    return [`${name}: differs from line ${line === -1 ? lines.length : line + 1} on`];
  });
}

function strayFigures(files: ReadonlyMap<string, string>): string[] {
  if (!existsSync(folders.figures)) return [];
  const stray = readdirSync(folders.figures).filter(
    (file) => file.endsWith('.svg') && !files.has(join(folders.figures, file)),
  );
  return stray.map((file) => `figures/${file}: is not a figure of this report; delete it`);
}
