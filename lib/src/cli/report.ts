/**
 * `elephant report`: trains what is missing, runs the notebooks headlessly, and writes paper-repro.md and
 * figures/, or parts of them.
 */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { ProviderName } from '../engine/types';
import { InputError } from '../errors';
import type { Session } from '../experiments/session';
import type { WriteReportOptions, WrittenNotebooks } from '../report/writeReport';
import { positive } from '../schema';
import { addProfileOptions, givenProfile, type ProfileOptions } from './givenProfile';
import { interruptSignal } from './interrupt';
import { checkAllFolders } from './namedFolders';
import { nextCommand, reportCommand, type Checked } from './nextCommand';
import { jsonOption, profileProviderOption, valueOf, workersOption } from './options';
import { ProgressLine } from './progress';

interface ReportOptions extends ProfileOptions {
  provider: ProviderName;
  workers: number;
  cellSeconds: number;
  only?: string;
  section?: string;
  fromResults?: string;
  html?: string;
  slides?: string;
  check: boolean;
  json: boolean;
}

export function register(program: Command): void {
  const command = program
    .command('report')
    .description("train what is missing, run the report's notebooks, write paper-repro.md and figures/");
  addProfileOptions(command)
    .addOption(profileProviderOption())
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
  const { openProfile } = await import('../experiments/openProfile');
  const { chooseParts } = await import('../report/chooseParts');
  const choice =
    options.only === undefined && options.section === undefined ? undefined : chooseParts(options);
  const { profile, set, data, model, provider, workers } = options;
  const signal = interruptSignal();
  if (options.fromResults !== undefined) return fromResults(options.fromResults, options, signal);
  const session = openProfile({ ...givenProfile(options), provider, workers, signal });
  checkAllFolders(session.profile);
  if (handsOut(options)) {
    const line = new ProgressLine();
    const { describeStatus } = await import('../report/display/progress');
    await session.run(session.nodes(), (status) => line.update(describeStatus(status)));
    return handOut(session, options, line, signal);
  }
  if (options.check) {
    const { missing } = session.progress();
    if (missing > 0)
      throw new InputError(
        'report --check',
        `${missing} stages of profile ${profile} are not in the store`,
        `Compute them with ${reportCommand({ ...options, profile: session.profile })}, or check against a ` +
          'results file with --from-results data/results/mini.json',
      );
    return check(session, options, signal);
  }

  const textOf = process.stdout.isTTY
    ? (await import('../report/blockText')).blockText
    : (await import('../report/paperRepro')).blockMarkdown;
  if (session.profile.own !== undefined) {
    const { textOfParts } = await import('../report/renderReport');
    const blocks = await textOfParts(session, choice!.parts);
    process.stdout.write(`${blocks.map(textOf).join('\n\n')}\n`);
    return;
  }
  const { describeStatus } = await import('../report/display/progress');
  const { describeNotebook } = await import('../jupyter/notebook/runNotebooks');
  const { writeParts, writeReport } = await import('../report/writeReport');
  const line = new ProgressLine();
  const started = performance.now();
  const writing: WriteReportOptions = {
    signal,
    env: {
      ...process.env,
      ...(data === undefined ? {} : { ELEPHANT_DATA: resolve(data) }),
      ...(model === undefined ? {} : { ELEPHANT_MODEL: resolve(model) }),
      ELEPHANT_PROFILE: profile,
      ELEPHANT_SET: set.join(' '),
      ELEPHANT_PROVIDER: provider,
      ELEPHANT_WORKERS: String(workers),
    },
    parallel: Math.min(2, workers),
    cellSeconds: options.cellSeconds,
    onStages: (status) => line.update(describeStatus(status)),
    onNotebook: (progress) => line.update(describeNotebook(progress)),
  };
  if (choice !== undefined) {
    const { blocks, written, notebooks } = await writeParts(session, choice, writing);
    finish(line, started, options, options.only ?? `section ${options.section}`, written, notebooks);
    process.stdout.write(`${blocks.map(textOf).join('\n\n')}\n`);
  } else {
    const { report: file, written, notebooks } = await writeReport(session, writing);
    finish(line, started, options, file, written, notebooks);
  }
}

/** The report of a results file, written or checked; runs nothing. */
async function fromResults(file: string, options: ReportOptions, signal: AbortSignal): Promise<void> {
  const { openResults } = await import('../experiments/results/fileAnswers');
  const session = openResults(file);
  if (options.check) return check(session, options, signal);
  if (handsOut(options)) return handOut(session, options, new ProgressLine(), signal);
  const { writeRendered } = await import('../report/writeReport');
  const started = performance.now();
  const written = await writeRendered(session, signal);
  finish(new ProgressLine(), started, options, 'paper-repro.md', written);
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

/** Refuses options if one of them would silently be ignored. */
function rejectContradictions(
  { only, section, fromResults, check, html, slides, interactions }: ReportOptions,
  given: (name: string) => boolean,
): void {
  const parts = only === undefined ? (section === undefined ? undefined : '--section') : '--only';
  if (only !== undefined && section !== undefined)
    throw new InputError('--section', 'cannot be combined with --only', 'Give one of them');
  if (parts !== undefined && check)
    throw new InputError('--check', `cannot be combined with ${parts}`, 'It compares the whole report');
  if (parts !== undefined && given('json'))
    throw new InputError(
      '--json',
      `cannot be combined with ${parts}`,
      'Standard output gets the text of the parts',
    );
  const handout = html === undefined ? (slides === undefined ? undefined : '--slides') : '--html';
  const other = check ? '--check' : parts;
  if (handout !== undefined && other !== undefined)
    throw new InputError(handout, `cannot be combined with ${other}`, 'It writes the whole report');
  if (interactions !== undefined && handout === undefined && parts === undefined)
    throw new InputError(
      '--interactions',
      'expected --html, --slides, --only or --section as well: paper-repro.md and the notebooks are the ' +
        "project's",
      'For example --html report.html',
    );
  if (fromResults === undefined) return;
  if (parts !== undefined)
    throw new InputError(
      parts,
      'cannot be combined with --from-results',
      'A results file gives the whole report',
    );
  const ignored = ['profile', 'set', 'data', 'interactions', 'model', 'provider'].find(given);
  if (ignored !== undefined)
    throw new InputError(
      `--${ignored}`,
      'cannot be combined with --from-results',
      'The results file says what it was made with',
    );
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

/** Reports what was done, and fails if a notebook failed. */
function finish(
  line: ProgressLine,
  started: number,
  { json, profile }: ReportOptions,
  what: string,
  written: readonly string[],
  notebooks?: WrittenNotebooks,
): void {
  const { ran = [], current = [], failures = [], leftOut = [] } = notebooks ?? {};
  const seconds = (performance.now() - started) / 1000;
  const ranText =
    notebooks === undefined
      ? ''
      : `notebooks: ${ran.length} run, ${current.length} current, ${failures.length} failed; `;
  const files = `${written.length} file${written.length === 1 ? '' : 's'} written`;
  const change = written.length === 0 ? 'nothing changed' : files;
  line.print(`${what}: ${change}; ${ranText}${seconds.toFixed(1)} s`);
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

/** The first lines of an error's details, indented. */
function indented(details: string): string {
  return details
    .split('\n')
    .slice(0, 12)
    .map((text) => `    ${text}`)
    .join('\n');
}
