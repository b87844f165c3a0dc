/**
 * `elephant report`: trains what is missing, runs the notebooks headlessly, and writes paper-repro.md and
 * figures/, or parts of them.
 */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { InputError } from '../errors';
import type { StoreSession } from '../experiments/openProfile';
import type { Session } from '../experiments/session';
import type { Block } from '../report/block';
import type { Choice } from '../report/chooseParts';
import type { WriteReportOptions, WrittenNotebooks } from '../report/writeReport';
import { positive } from '../schema';
import { addProfileOptions, givenProfile } from './givenProfile';
import { interruptSignal } from './interrupt';
import { checkAllFolders } from './namedFolders';
import { nextCommand, reportCommand, type Checked } from './nextCommand';
import { jsonOption, precisionOption, profileProviderOption, valueOf, workersOption } from './options';
import { ProgressLine } from './progress';
import { rejectContradictions, type ReportOptions } from './reportOptions';

export function register(program: Command): void {
  const command = program
    .command('report')
    .description("train what is missing, run the report's notebooks, write paper-repro.md and figures/");
  addProfileOptions(command)
    .addOption(profileProviderOption())
    .addOption(precisionOption())
    .addOption(workersOption())
    .option(
      '--cell-seconds <n>',
      'longest time for one cell of a notebook',
      valueOf('--cell-seconds', positive),
      3600,
    )
    .option(
      '--only <part>',
      'only one part (table3, figure2, scoreboard, ...): its figures and notebook, and its text on ' +
        'standard output (Markdown, or plain text on a terminal)',
    )
    .option('--section <number>', 'only the parts of one section of the paper, such as 4.5')
    .option(
      '--from-results <file>',
      'write paper-repro.md and figures/ from a results file (data/results/mini.json); trains and runs ' +
        'nothing',
    )
    .option('--notebooks', 'with --from-results, run the notebooks on that file too', false)
    .option(
      '--html <file>',
      'write the report as one self-contained HTML file instead; trains what is missing, runs no notebook',
    )
    .option('--slides <file>', 'write slides of the findings as one HTML file, in the same way')
    .option('--check', 'write nothing; exit 1 and name what does not match the results', false)
    .addOption(jsonOption())
    .action(report);
}

async function report(options: ReportOptions, command: Command): Promise<void> {
  rejectContradictions(options, (name) => command.getOptionValueSource(name) === 'cli');
  const { chooseParts } = await import('../report/chooseParts');
  const choice =
    options.only === undefined && options.section === undefined ? undefined : chooseParts(options);
  const signal = interruptSignal();
  if (options.fromResults !== undefined) return fromResults(options.fromResults, options, signal);
  const { openProfile } = await import('../experiments/openProfile');
  const { provider, precision, workers } = options;
  const session = openProfile({ ...givenProfile(options), provider, precision, workers, signal });
  checkAllFolders(session.profile);
  if (handsOut(options)) return computeAndHandOut(session, options, signal);
  if (options.check) return checkStored(session, options, signal);
  if (choice === undefined) return writeAll(session, options, signal);
  if (session.profile.own !== undefined) return printParts(session, choice);
  return writeSome(session, choice, options, signal);
}

/** The report of a results file, written or checked; runs nothing. */
async function fromResults(file: string, options: ReportOptions, signal: AbortSignal): Promise<void> {
  const { openResults } = await import('../experiments/results/fileAnswers');
  const session = openResults(file);
  if (options.check) return check(session, options, signal);
  if (handsOut(options)) return handOut(session, options, new ProgressLine(), signal);
  const { runOnResults, writeRendered } = await import('../report/writeReport');
  const line = new ProgressLine();
  const started = performance.now();
  const written = await writeRendered(session, signal);
  const notebooks = options.notebooks
    ? await runOnResults(session, await writing(options, { ELEPHANT_RESULTS: resolve(file) }, line, signal))
    : undefined;
  finish({ what: 'paper-repro.md', written, notebooks, started }, options, line);
}

async function computeAndHandOut(
  session: StoreSession,
  options: ReportOptions,
  signal: AbortSignal,
): Promise<void> {
  const line = new ProgressLine();
  const { describeStatus } = await import('../report/display/progress');
  await session.run(session.nodes(), (status) => line.update(describeStatus(status)));
  return handOut(session, options, line, signal);
}

/** @throws InputError if the store lacks results. */
async function checkStored(
  session: StoreSession,
  options: ReportOptions,
  signal: AbortSignal,
): Promise<void> {
  const { missing } = session.progress();
  if (missing > 0)
    throw new InputError(
      'report --check',
      `${missing} stages of profile ${options.profile} are not in the store`,
      `Compute them with ${reportCommand({ ...options, profile: session.profile })}, or check against a ` +
        'results file with --from-results data/results/mini.json',
    );
  return check(session, options, signal);
}

/** paper-repro.md, the figures and the notebooks. */
async function writeAll(session: StoreSession, options: ReportOptions, signal: AbortSignal): Promise<void> {
  const { writeReport } = await import('../report/writeReport');
  const line = new ProgressLine();
  const started = performance.now();
  const { report, ...done } = await writeReport(
    session,
    await writing(options, parametersOf(options), line, signal),
  );
  finish({ what: report, ...done, started }, options, line);
}

/** The figures and notebooks of some parts; their text is printed. */
async function writeSome(
  session: StoreSession,
  choice: Choice,
  options: ReportOptions,
  signal: AbortSignal,
): Promise<void> {
  const { writeParts } = await import('../report/writeReport');
  const line = new ProgressLine();
  const started = performance.now();
  const { blocks, ...done } = await writeParts(
    session,
    choice,
    await writing(options, parametersOf(options), line, signal),
  );
  finish({ what: options.only ?? `section ${options.section}`, ...done, started }, options, line);
  await printBlocks(blocks);
}

/** The text of some parts on a user's own data. */
async function printParts(session: StoreSession, { parts }: Choice): Promise<void> {
  const { textOfParts } = await import('../report/renderReport');
  await printBlocks(await textOfParts(session, parts));
}

/** Markdown, or plain text on a terminal. */
async function printBlocks(blocks: readonly Block[]): Promise<void> {
  const textOf = process.stdout.isTTY
    ? (await import('../report/blockText')).blockText
    : (await import('../report/paperRepro')).blockMarkdown;
  process.stdout.write(`${blocks.map(textOf).join('\n\n')}\n`);
}

/** The notebooks' parameters: the profile, and how its stages are computed. */
function parametersOf(options: ReportOptions): NodeJS.ProcessEnv {
  const { profile, set, data, model, provider, precision, workers } = options;
  return {
    ...(data === undefined ? {} : { ELEPHANT_DATA: resolve(data) }),
    ...(model === undefined ? {} : { ELEPHANT_MODEL: resolve(model) }),
    ELEPHANT_PROFILE: profile,
    ELEPHANT_SET: set.join(' '),
    ELEPHANT_PROVIDER: provider,
    ELEPHANT_PRECISION: precision,
    ELEPHANT_WORKERS: String(workers),
  };
}

/** How stages and notebooks run, and where their progress is shown. */
async function writing(
  { workers, cellSeconds }: ReportOptions,
  parameters: NodeJS.ProcessEnv,
  line: ProgressLine,
  signal: AbortSignal,
): Promise<WriteReportOptions> {
  const { describeStatus } = await import('../report/display/progress');
  const { describeNotebook } = await import('../jupyter/notebook/runNotebooks');
  return {
    signal,
    env: { ...process.env, ...parameters },
    parallel: Math.min(2, workers),
    cellSeconds,
    onStages: (status) => line.update(describeStatus(status)),
    onNotebook: (progress) => line.update(describeNotebook(progress)),
  };
}

function handsOut({ html, slides }: ReportOptions): boolean {
  return html !== undefined || slides !== undefined;
}

/** Writes the report or the slides to the user's file, and nothing else. */
async function handOut(
  session: Session,
  { html, slides, json }: ReportOptions,
  line: ProgressLine,
  signal: AbortSignal,
): Promise<void> {
  const { writeHandout } = await import('../report/handout/writeHandout');
  const written = await writeHandout(session, { html, slides }, signal);
  for (const { file, bytes } of written) line.print(`${file}: ${(bytes / 1e6).toFixed(1)} MB written`);
  if (json) process.stdout.write(`${JSON.stringify({ written })}\n`);
}

async function check(session: Session, options: ReportOptions, signal: AbortSignal): Promise<void> {
  const checked: Checked = { ...options, profile: session.profile };
  const { checkReport } = await import('../report/checkReport');
  const mismatch = await checkReport(session, signal);
  const problems = mismatch?.problems ?? [];
  const next = mismatch === undefined ? undefined : nextCommand(mismatch.cause, checked);
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.stderr.write(
    next === undefined
      ? 'report, figures and notebooks match the results\n'
      : `${problems.length} ${problems.length === 1 ? 'does' : 'do'} not match. ${next}\n`,
  );
  if (problems.length > 0) process.exitCode = 1;
  if (options.json)
    process.stdout.write(
      `${JSON.stringify({ problems, cause: mismatch?.cause ?? null, next: next ?? null })}\n`,
    );
}

interface Done {
  /** The report's file, or which parts. */
  what: string;
  written: readonly string[];
  notebooks?: WrittenNotebooks;
  /** By performance.now(). */
  started: number;
}

/** Says what was done, and fails if a notebook failed. */
function finish(done: Done, { json, profile }: ReportOptions, line: ProgressLine): void {
  const { what, written, notebooks } = done;
  const { ran = [], current = [], failures = [], leftOut = [] } = notebooks ?? {};
  line.print(doneText(done));
  if (leftOut.length > 0)
    line.print(`notebooks skipped, since profile ${profile} has no results for them: ${leftOut.join(', ')}`);
  for (const { message, details } of failures)
    line.print(`${message}${details === '' ? '' : `\n${indented(details)}`}`);
  if (failures.length > 0) process.exitCode = 1;
  if (!json) return;
  const failed = failures.map(({ notebook, cell, message }) => ({ notebook, cell, message }));
  const counts = { ran: ran.length, current: current.length, failed, leftOut };
  process.stdout.write(`${JSON.stringify({ report: what, written, notebooks: counts })}\n`);
}

function doneText({ what, written, notebooks, started }: Done): string {
  const files = `${written.length} file${written.length === 1 ? '' : 's'} written`;
  const change = written.length === 0 ? 'nothing changed' : files;
  const ran =
    notebooks === undefined
      ? ''
      : `notebooks: ${notebooks.ran.length} run, ${notebooks.current.length} current, ` +
        `${notebooks.failures.length} failed; `;
  return `${what}: ${change}; ${ran}${((performance.now() - started) / 1000).toFixed(1)} s`;
}

/** The first lines of an error's details, indented. */
function indented(details: string): string {
  return details
    .split('\n')
    .slice(0, 12)
    .map((text) => `    ${text}`)
    .join('\n');
}
