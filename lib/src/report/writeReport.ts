/**
 * The report as a whole: computes what is missing, draws the figures, runs the notebooks, writes paper-repro.md; does
 * nothing of that where nothing changed. Called by `elephant report`.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { ComparisonTable } from '../experiments/measured';
import type { RunStatus } from '../experiments/runner';
import type { Session } from '../experiments/session';
import { folders, projectRoot } from '../project';
import { learningTable } from './display/learningTable';
import { countVerdicts, verdicts } from './display/verdicts';
import { effects, figure1, figure2, layerSets, scoreboard, trainingCurves } from './figures';
import type { Figure } from './figures/figure';
import { runNotebooks, type NotebookResults } from './notebook/runNotebooks';
import type { NotebookProgress } from './notebook/runNotebook';
import { paperRepro, type ReportContent } from './paperRepro';
import { writeFileAtomic } from './writeFileAtomic';

export interface WriteReportOptions {
  readonly signal: AbortSignal;
  /** Environment of the kernels: the parameters that the notebooks' first cells take. */
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
  readonly notebooks: NotebookResults;
}

/** What no profile has yet. Shortened as the parts come. */
const MISSING = ['Results on real Amazon data and with published language models.', 'More than one language-model chain: intervals and spreads are conditional on the one that was trained here.'];

const REPORT_FILE = join(projectRoot, 'paper-repro.md');
/** Which inputs the written files were made from, and their hashes; beside the store, since it says something about it. */
const STAMP_FILE = join(folders.data, 'report.json');

interface Stamp {
  readonly inputs: string;
  readonly files: Record<string, string>;
}

export async function writeReport(session: Session, options: WriteReportOptions): Promise<WrittenReport> {
  await session.run(session.nodes(), options.onStages);
  const inputs = inputsKey(session);
  const written = isUnchanged(inputs) ? [] : await writeFiles(session, inputs);
  const notebooks = await runNotebooks(notebookFiles(), {
    inputs,
    env: options.env,
    signal: options.signal,
    parallel: options.parallel,
    cellSeconds: options.cellSeconds,
    onProgress: options.onNotebook,
  });
  return { report: relative(process.cwd(), REPORT_FILE), written, notebooks };
}

export function notebookFiles(): string[] {
  if (!existsSync(folders.notebooks)) return [];
  return readdirSync(folders.notebooks).filter((name) => name.endsWith('.ipynb')).sort().map((name) => join(folders.notebooks, name));
}

/** Columns that the paper prints and this profile has no number for, one line a table. */
function notMeasured(tables: readonly ComparisonTable[]): string[] {
  return tables.flatMap(({ title, columns, rows }) => {
    const absent = columns.filter(({ id }) => rows.some(({ cells }) => cells[id]?.paper !== undefined && cells[id].ours === undefined));
    return absent.length === 0 ? [] : [`${title}: ${absent.map(({ label }) => label).join('; ')}.`];
  });
}

async function writeFiles(session: Session, inputs: string): Promise<string[]> {
  const files = new Map<string, string>();
  const figures: ReportContent['figures'][number][] = [];
  const { renderSvg } = await import('./figures/renderSvg');
  const draw = async (figure: Figure, caption: string): Promise<void> => {
    files.set(join(folders.figures, `${figure.id}.svg`), await renderSvg(figure));
    figures.push({ file: `figures/${figure.id}.svg`, alt: figure.alt, caption });
  };
  const rows = await session.scoreboard();
  const tables = [
    await session.table1(), await session.table2(), await session.table3('SASRec'), await session.table3('BERT4Rec'), await session.table4(), await session.table5(),
  ];
  await draw(scoreboard(rows), 'Each claim of the paper: our effect with its 95 % interval over users.');
  const maps = await session.figure1();
  for (const domain of session.profile.attention.domains) {
    await draw(figure1(maps.filter((map) => map.domain === domain)), `Figure 1: what the first token attends to, on ${domain}.`);
  }
  await draw(figure2(await session.figure2()), 'Figure 2: how much pre-training data the item table needs; SASRec with the trainable table.');
  await draw(layerSets(tables[0]), 'Table 1 as a picture: which layers are tuned.');
  for (const table of [tables[2], tables[3]]) await draw(effects(table), `${table.title}: effect of each item table over the random one.`);
  for (const domain of session.profile.domains) {
    await draw(trainingCurves(await session.trainingCurves(domain)), `Training of SASRec on ${domain}, first seed, at the learning rate that validation chose.`);
  }
  files.set(REPORT_FILE, paperRepro({
    scoreboard: { summary: `${countVerdicts(rows)} A verdict is about this profile and its data; whether its language models learnt enough to speak of the paper, the next section says.`, table: verdicts(rows) },
    learning: learningTable(await session.languageLearning()),
    provenance: await session.provenance(), tables, figures, missing: [...notMeasured(tables), ...MISSING],
  }));
  const changed = [...files].filter(([file, content]) => !existsSync(file) || readFileSync(file, 'utf8') !== content);
  for (const [file, content] of changed) writeFileAtomic(file, content);
  const stamp: Stamp = { inputs, files: Object.fromEntries([...files].map(([file, content]) => [name(file), sha256(content)])) };
  writeFileAtomic(STAMP_FILE, `${JSON.stringify(stamp, null, 1)}\n`);
  return changed.map(([file]) => name(file)).sort();
}

/** True where the files were made from these inputs and nobody touched them since. */
function isUnchanged(inputs: string): boolean {
  if (!existsSync(STAMP_FILE)) return false;
  const stamp = JSON.parse(readFileSync(STAMP_FILE, 'utf8')) as Stamp;
  return stamp.inputs === inputs && Object.entries(stamp.files).every(([file, hash]) => {
    const path = join(projectRoot, file);
    return existsSync(path) && sha256(readFileSync(path, 'utf8')) === hash;
  });
}

/** All that files and notebooks depend on: profile, results (by the keys of their stages) and the library's code. */
function inputsKey(session: Session): string {
  const code = createHash('sha256');
  const dist = join(projectRoot, 'lib', 'dist');
  for (const file of readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.js')).sort()) {
    code.update(file).update(readFileSync(join(dist, file)));
  }
  return sha256(JSON.stringify([session.profile, session.nodes().map(({ key }) => key), code.digest('hex'), readFileSync(join(projectRoot, 'lib', 'data', 'paper-tables.json'), 'utf8')]));
}

function name(file: string): string {
  return relative(projectRoot, file).split('\\').join('/');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
