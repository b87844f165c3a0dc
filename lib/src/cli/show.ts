/**
 * `elephant show` prints one of the paper's tables, or Figure 2's data, for a paper, a spreadsheet or a
 * script.
 */
import type { Command } from 'commander';
import { resolve } from 'node:path';
import { InputError } from '../errors';
import type { StoreSession } from '../experiments/openProfile';
import { BACKBONES, type Backbone } from '../experiments/profiles';
import type { Session } from '../experiments/session';
import {
  formatTable,
  fractionData,
  TABLE_FORMATS,
  tableData,
  type TableData,
  type TableFormat,
} from '../report/tableData';
import { interruptSignal } from './interrupt';
import { addOwnDataOptions, ownData, type OwnDataOptions } from './ownData';
import { givenData, givenModel, oneOf, profileSetOption } from './options';

const TABLES = [
  'table1',
  'table2',
  'table3',
  'table3AllItems',
  'table4',
  'table5',
  'figure2',
  'oneLoss',
  'controlTables',
  'equalScales',
  'historyMasked',
  'shareOfOracle',
] as const;
/** Those that exist for each backbone. */
const BY_BACKBONE: readonly string[] = ['table3', 'table3AllItems', 'shareOfOracle'];

interface Options extends OwnDataOptions {
  backbone?: Backbone;
  results?: string;
  profile: string;
  set: string[];
  data?: string;
  model?: string;
  format: TableFormat;
  json: boolean;
}

export function register(program: Command): void {
  const command = program
    .command('show')
    .description(
      "print one of the paper's tables as measured and as printed, from stored results or a results " +
        'file; trains nothing',
    )
    .argument('<table>', TABLES.join(', '), oneOf('show', 'table', TABLES))
    .option(
      '--backbone <name>',
      'of Table 3: SASRec (the default) or BERT4Rec',
      oneOf('--backbone', 'backbone', BACKBONES),
    )
    .option('--results <file>', 'a results file such as data/results/mini.json, instead of the store')
    .option(
      '--profile <name>',
      'whose stored results: smoke, mini, worlds, when, study, real or paper',
      'mini',
    )
    .addOption(profileSetOption())
    .addOption(givenData())
    .addOption(givenModel())
    .option(
      '--format <name>',
      TABLE_FORMATS.join(', '),
      oneOf('--format', 'format', TABLE_FORMATS),
      'md' as TableFormat,
    )
    .option('--json', 'the same as --format json', false)
    .action(show);
  addOwnDataOptions(command);
}

async function show(table: (typeof TABLES)[number], options: Options, command: Command): Promise<void> {
  const { backbone, results, json } = options;
  const format = json ? 'json' : options.format;
  if (backbone !== undefined && !BY_BACKBONE.includes(table))
    throw new InputError('--backbone', `is for ${BY_BACKBONE.join(', ')}, got ${table}`, 'Leave it out');
  const chosen = (['profile', 'set', 'data', 'interactions', 'model'] as const).find(
    (name) => command.getOptionValueSource(name) === 'cli',
  );
  if (results !== undefined && chosen !== undefined)
    throw new InputError(
      `--${chosen}`,
      'cannot be combined with --results, whose numbers are computed already',
      'Leave out one of them',
    );
  const session =
    results === undefined
      ? await stored(options)
      : (await import('../experiments/results/fileAnswers')).openResults(resolve(results));
  process.stdout.write(formatTable(await dataOf(session, table, backbone ?? 'SASRec'), format));
}

/** A session that computes nothing: what is missing is an error with the command that computes it. */
async function stored(options: Options): Promise<StoreSession> {
  const { profile, set, data, model } = options;
  const { openProfile } = await import('../experiments/openProfile');
  const session = openProfile({
    ...{ profile, set, data, model },
    ...ownData(options),
    signal: interruptSignal(),
  });
  session.run = async (nodes) => {
    const missing = nodes.filter((node) => !session.has(node));
    if (missing.length === 0) return;
    throw new InputError(
      'show',
      `${missing.length} of the stages behind this table are not in the store, such as "${missing[0].label}"`,
      options.interactions === undefined
        ? `Compute them with: npx elephant run --profile ${profile}` +
            `${set.map((value) => ` --set '${value}'`).join('')}; or give a results file, such as ` +
            '--results data/results/mini.json'
        : 'Compute them with npx elephant run and the same options',
    );
  };
  return session;
}

async function dataOf(
  session: Session,
  table: (typeof TABLES)[number],
  backbone: Backbone,
): Promise<TableData> {
  if (table === 'figure2') return fractionData(await session.figure2());
  return tableData(
    BY_BACKBONE.includes(table)
      ? await session[table as 'table3'](backbone)
      : await session[table as 'table1'](),
  );
}
