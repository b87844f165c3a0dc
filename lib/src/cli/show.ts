/** `elephant show` prints a table, a figure's data or one user, for a paper, a spreadsheet or a script. */
import type { Command } from 'commander';
import { resolve } from 'node:path';
import { InputError } from '../errors';
import type { StoreSession } from '../experiments/openProfile';
import { BACKBONES, type Backbone } from '../experiments/profiles';
import type { Session } from '../experiments/session';
import { userText } from '../report/display/userExample';
import { BACKBONE_NAMES, DOMAIN_NAMES, SHOWN_NAMES, shownData, type ShownName } from '../report/shownData';
import { formatTable, TABLE_FORMATS, type TableFormat } from '../report/tableFormats';
import { addProfileOptions, givenProfile, type ProfileOptions } from './givenProfile';
import { interruptSignal } from './interrupt';
import { oneOf, wholeNumber } from './options';

/** What is no table: one user as three models see them. */
const USER = 'user';
type Shown = ShownName | typeof USER;
const NAMES = [...SHOWN_NAMES, USER] as const;

interface Options extends ProfileOptions {
  backbone?: Backbone;
  results?: string;
  format: TableFormat;
  json: boolean;
}

export function register(program: Command): void {
  const command = program
    .command('show')
    .description(
      "print a table, a figure's data or one user as three models see them, " +
        'from stored results or a results file; trains nothing',
    )
    .argument('<name>', NAMES.join(', '), oneOf('show', 'table or figure', NAMES))
    .argument('[domain]', `for user, ${DOMAIN_NAMES.join(', ')}: a domain that is evaluated, such as Pantry`)
    .argument(
      '[number]',
      'for user: number of the evaluated user, from 0',
      wholeNumber('show user, number', 0, Number.MAX_SAFE_INTEGER),
    )
    .option(
      '--backbone <name>',
      'for Table 3: SASRec (default) or BERT4Rec',
      oneOf('--backbone', 'backbone', BACKBONES),
    )
    .option('--results <file>', 'a results file such as data/results/mini.json, instead of the store')
    .option(
      '--format <name>',
      TABLE_FORMATS.join(', '),
      oneOf('--format', 'format', TABLE_FORMATS),
      'md' as TableFormat,
    )
    .option('--json', 'the same as --format json', false)
    .action(show);
  addProfileOptions(command);
}

async function show(
  shown: Shown,
  domain: string | undefined,
  number: number | undefined,
  options: Options,
  command: Command,
): Promise<void> {
  const { backbone, results, json } = options;
  const format = json ? 'json' : options.format;
  if (backbone !== undefined && !BACKBONE_NAMES.includes(shown))
    throw new InputError('--backbone', `is for ${BACKBONE_NAMES.join(', ')}, got ${shown}`, 'Leave it out');
  const chosen = (['profile', 'set', 'data', 'interactions', 'model'] as const).find(
    (name) => command.getOptionValueSource(name) === 'cli',
  );
  if (results !== undefined && chosen !== undefined)
    throw new InputError(
      `--${chosen}`,
      'cannot be combined with --results, whose numbers are computed already',
      'Leave out one of them',
    );
  checkArguments(shown, format, domain, number);
  const session =
    results === undefined
      ? await stored(options)
      : (await import('../experiments/results/fileAnswers')).openResults(resolve(results));
  process.stdout.write(
    shown === USER
      ? await userOf(session, format, domain, number)
      : formatTable(await shownData(session, shown, { backbone, domain }), format),
  );
}

/** A number belongs to `show user` alone; a domain to that and to what there is of each domain. */
function checkArguments(
  shown: Shown,
  format: TableFormat,
  domain: string | undefined,
  number: number | undefined,
): void {
  const most = shown === USER ? 2 : DOMAIN_NAMES.includes(shown) ? 1 : 0;
  const odd = [domain, number].slice(most).find((given) => given !== undefined);
  if (odd !== undefined)
    throw new InputError(
      'show',
      `expected nothing after ${most === 0 ? shown : `${shown} ${domain}`}, got "${odd}"`,
      'Leave it out',
    );
  if (shown !== USER) return;
  if (domain === undefined)
    throw new InputError(
      'show user',
      'expected a domain and a number, got none',
      'elephant show user Pantry 17',
    );
  if (format !== 'md' && format !== 'json')
    throw new InputError('--format', `of user is md or json, got ${format}`, 'Leave it out');
}

async function userOf(
  session: Session,
  format: TableFormat,
  domain: string | undefined,
  number: number | undefined,
): Promise<string> {
  const example = await session.user(domain as string, number);
  return format === 'json' ? `${JSON.stringify(example, undefined, 1)}\n` : `${userText(example)}\n`;
}

/** A session that computes nothing: a missing stage is an error that names the command to compute it. */
async function stored(options: Options): Promise<StoreSession> {
  const { profile, set } = options;
  const { openProfile } = await import('../experiments/openProfile');
  const session = openProfile({ ...givenProfile(options), signal: interruptSignal() });
  session.run = async (nodes) => {
    const missing = nodes.filter((node) => !session.has(node));
    if (missing.length === 0) return;
    throw new InputError(
      'show',
      `${missing.length} of the stages behind this are not in the store, such as "${missing[0].label}"`,
      options.interactions === undefined
        ? `Compute them with: npx elephant run --profile ${profile}` +
            `${set.map((value) => ` --set '${value}'`).join('')}; or give a results file, such as ` +
            '--results data/results/mini.json'
        : 'Compute them with npx elephant run and the same options',
    );
  };
  return session;
}
