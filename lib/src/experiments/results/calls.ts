/**
 * Which calls of a session are kept in data/results: everything that the report and the notebooks show of a profile. A call is
 * written as its text, `table3("SASRec")`; a view of several columns is kept a column each, so that any choice of them is there.
 */
import { allCells } from '../cells';
import type { Profile } from '../profiles';
import type { Session } from '../session';

/** Methods of Session that give plain data of results. */
export const VIEWS = [
  'table1', 'table2', 'table3', 'table4', 'table5', 'figure1', 'figure2', 'languageLearning', 'scoreboard', 'provenance',
  'trainingCurves', 'learningRates', 'historyLengths', 'itemMap', 'nearestItems', 'inputExample', 'modelSizes', 'itemRows',
] as const;

export type ViewName = (typeof VIEWS)[number] & keyof Session;

/** Views whose second argument is a list of columns, and whose answer is a list made column by column. */
export const BY_COLUMN: ReadonlySet<ViewName> = new Set(['trainingCurves', 'historyLengths', 'learningRates']);

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
  const example = profile.domains.includes('Pantry') ? 'Pantry' : profile.domains[0];
  const cells = allCells(profile).filter(({ table, backbone }) => table === 'table3' && backbone === 'SASRec');
  const recommenders = cells.filter(({ column }) => column !== 'REC');
  const call = (view: ViewName, ...args: readonly unknown[]): Call => ({ view, args });
  return [
    call('provenance'), call('scoreboard'), call('languageLearning'),
    call('table1'), call('table2'), call('table3', 'SASRec'), call('table3', 'BERT4Rec'), call('table4'), call('table5'), call('figure1'), call('figure2'),
    ...recommenders.map(({ domain, column }) => call('trainingCurves', domain, [column])),
    ...recommenders.map(({ domain, column }) => call('learningRates', domain, [column])),
    ...cells.map(({ domain, column }) => call('historyLengths', domain, [column])),
    ...USERS.map((user) => call('inputExample', example, user)),
    call('modelSizes', example), call('itemRows', example),
    ...SOURCES.map((source) => call('itemMap', example, source)),
    ...SOURCES.flatMap((source) => ITEMS.map((item) => call('nearestItems', example, source, item, 5))),
  ];
}

/** The text under which a call is kept. Arguments that are not data (a progress function, a signal) do not belong to it. */
export function callText(view: ViewName, args: readonly unknown[], profile: Profile): string {
  const given = args.filter((arg) => typeof arg !== 'function' && !(arg instanceof AbortSignal));
  const complete = defaults(view, profile).map((value, i) => given[i] ?? value);
  return `${view}(${complete.map((arg) => JSON.stringify(arg)).join(', ')})`;
}

/** Values of a view's arguments where the caller leaves them out: as many as the view has. Those of Session's methods. */
function defaults(view: ViewName, { domains }: Profile): readonly unknown[] {
  switch (view) {
    case 'table3':
      return ['SASRec'];
    case 'trainingCurves':
    case 'learningRates':
      return [domains[0], undefined];
    case 'historyLengths':
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
