/**
 * Which calls of a session are kept in data/results: everything that the report and the notebooks show of a
 * profile. A call is written as its text, `table3("SASRec")`; a view of several columns is kept a column
 * each, so that any choice of them is there.
 */
import { COLD_COLUMNS } from '../controls/coldItems';
import { allCells } from '../cells';
import type { Profile } from '../profiles';
import type { Session } from '../session';
import { rateColumns, rateDomains } from '../views/learningRates';
import { CURVES } from '../views/trainingCurves';

/** Methods of Session that give plain data of results. */
export const VIEWS = [
  'table1',
  'table2',
  'table3',
  'table3AllItems',
  'table4',
  'table5',
  'figure1',
  'figure2',
  'equalUpdates',
  'sharesOutOfReach',
  'languageLearning',
  'scoreboard',
  'provenance',
  'trainingCurves',
  'learningRates',
  'historyLengths',
  'itemMap',
  'nearestItems',
  'inputExample',
  'modelSizes',
  'itemRows',
  'oneLoss',
  'controlTables',
  'equalScales',
  'historyMasked',
  'coldItems',
  'shareOfOracle',
  'cost',
  'repetitions',
] as const;

export type ViewName = (typeof VIEWS)[number] & keyof Session;

/** Views whose second argument is a list of columns, and whose answer is a list made column by column. */
export const BY_COLUMN: ReadonlySet<ViewName> = new Set([
  'trainingCurves',
  'historyLengths',
  'learningRates',
  'coldItems',
]);

/** The columns of such a view where the caller names none. */
export function columnsOf(view: ViewName, profile: Profile): readonly string[] {
  return view === 'learningRates' ? rateColumns(profile) : CURVES;
}

export interface Call {
  readonly view: ViewName;
  readonly args: readonly unknown[];
}

/** Of notebook 04-1: items whose neighbours are shown or asked for. */
const ITEMS = [7, 20];
/** Of notebook 03-1: users whose input is shown or asked for. */
const USERS = [0, 1];
const SOURCES = ['lexical', 'LF', 'PT', 'FT'] as const;

export function calls(profile: Profile): Call[] {
  const call = (view: ViewName, ...args: readonly unknown[]): Call => ({ view, args });
  const tables = profile.tables.flatMap((table) =>
    table === 'table3' ? profile.backbones.map((backbone) => call(table, backbone)) : [call(table)],
  );
  // Where no runs are made for it, those of Table 3 say what ranking among all items gives.
  const allItems =
    profile.tables.includes('table3') && !profile.tables.includes('table4')
      ? profile.backbones.map((backbone) => call('table3AllItems', backbone))
      : [];
  const cells = allCells(profile).filter(
    ({ table, backbone }) => table === 'table3' && backbone === 'SASRec',
  );
  const recommenders = cells.filter(({ column }) => column !== 'REC');
  return [
    call('provenance'),
    call('cost'),
    call('scoreboard'),
    call('languageLearning'),
    call('table2'),
    ...tables,
    ...allItems,
    ...recommenders.map(({ domain, column }) => call('trainingCurves', domain, [column])),
    ...rateDomains(profile).flatMap((domain) =>
      rateColumns(profile).map((column) => call('learningRates', domain, [column])),
    ),
    ...cells.map(({ domain, column }) => call('historyLengths', domain, [column])),
    ...(profile.tables.includes('figure2') ? [call('sharesOutOfReach')] : []),
    ...(profile.equalUpdates.length === 0 ? [] : [call('equalUpdates')]),
    ...(profile.beyond.length === 0
      ? []
      : [
          call('oneLoss'),
          call('controlTables'),
          call('historyMasked'),
          ...cells
            .filter(({ column }) => COLD_COLUMNS.includes(column))
            .map(({ domain, column }) => call('coldItems', domain, [column])),
        ]),
    ...(profile.equalScales.length === 0 ? [] : [call('equalScales')]),
    ...(profile.repetitions.runs.length === 0 ? [] : [call('repetitions')]),
    ...(profile.given === undefined
      ? [
          ...profile.backbones.map((backbone) => call('shareOfOracle', backbone)),
          ...rowsOf(profile).map(([view, ...args]) => call(view, ...args)),
        ]
      : []),
  ];
}

/**
 * Views that show items and users themselves: of the simulated data alone, since real ones are not ours to
 * pass on.
 */
function rowsOf(profile: Profile): [view: ViewName, ...args: unknown[]][] {
  const domain = profile.domains.includes('Pantry') ? 'Pantry' : profile.domains[0];
  return [
    ...(profile.attention.domains.length === 0 ? [] : ([['figure1']] as [ViewName][])),
    ...USERS.map((user): [ViewName, ...unknown[]] => ['inputExample', domain, user]),
    ['modelSizes', domain],
    ['itemRows', domain],
    ...SOURCES.map((source): [ViewName, ...unknown[]] => ['itemMap', domain, source]),
    ...SOURCES.flatMap((source) =>
      ITEMS.map((item): [ViewName, ...unknown[]] => ['nearestItems', domain, source, item, 5]),
    ),
  ];
}

/**
 * The text under which a call is kept. Arguments that are not data (a progress function, a signal) do not
 * belong to it.
 */
export function callText(view: ViewName, args: readonly unknown[], profile: Profile): string {
  const given = args.filter((arg) => typeof arg !== 'function' && !(arg instanceof AbortSignal));
  const complete = defaults(view, profile).map((value, i) => given[i] ?? value);
  return `${view}(${complete.map((arg) => JSON.stringify(arg)).join(', ')})`;
}

/**
 * Values of a view's arguments where the caller leaves them out: as many as the view has. Those of Session's
 * methods.
 */
function defaults(view: ViewName, profile: Profile): readonly unknown[] {
  switch (view) {
    case 'table3':
    case 'table3AllItems':
    case 'shareOfOracle':
      return ['SASRec'];
    case 'trainingCurves':
      return [profile.domains[0], undefined];
    case 'learningRates':
      return [rateDomains(profile)[0] ?? profile.domains[0], undefined];
    case 'historyLengths':
    case 'coldItems':
    case 'itemMap':
      return [undefined, undefined];
    case 'nearestItems':
      return [undefined, undefined, undefined, 5];
    case 'inputExample':
      return [undefined, 0];
    case 'itemRows':
      return [undefined];
    case 'modelSizes':
      return ['Pantry'];
    default:
      return [];
  }
}
