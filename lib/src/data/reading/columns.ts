/** Which column of a user's file plays which role: as the options say, otherwise by common names. */
import { excerpt, InputError, nearest, unknownName } from '../../errors';
import { firstRows, type Records } from '../records/records';

type Role = 'user' | 'item' | 'time' | 'title' | 'brand' | 'category';

/**
 * Names in lower case without spaces, dots, dashes, underscores and #, the likeliest first: an id before what
 * may be a name beside it.
 */
const NAMES: Record<Role, readonly string[]> = {
  user: [
    ...['userid', 'user', 'reviewerid', 'customerid', 'customer', 'uid', 'memberid', 'username'],
    ...['sessionid', 'session', 'visitorid', 'buyerid', 'accountid', 'playerid', 'clientid', 'useridx'],
  ],
  // Of the reviews of 2023 both files have parent_asin; asin there is a variant such as a size.
  item: [
    ...['itemid', 'item', 'parentasin', 'asin', 'productid', 'product', 'sku', 'movieid', 'bookid', 'isbn'],
    ...['articleid', 'newsid', 'trackid', 'songid', 'artistid', 'gameid', 'appid', 'businessid', 'gmapid'],
    ...['recipeid', 'videoid', 'contentid', 'stockcode', 'productcode', 'itemcode', 'iid', 'itemidx'],
    ...['animeid', 'venueid', 'poiid', 'hotelid', 'listingid', 'courseid', 'jobid', 'id'],
  ],
  time: [
    ...['time', 'timestamp', 'unixreviewtime', 'unixtime', 'timestampms', 'datetime', 'date', 'createdat'],
    ...['ts', 'eventtime', 'eventdate', 'reviewdate', 'orderdate', 'purchasedate', 'invoicedate', 'tdat'],
    ...['reviewtime', 'eventtimestamp', 'unixtimestamp', 'utctimestamp', 'utctime', 'dateadded'],
  ],
  title: [
    ...['title', 'name', 'itemname', 'itemtitle', 'producttitle', 'productname', 'movietitle', 'booktitle'],
    ...['text', 'description'],
  ],
  brand: [
    ...['brand', 'store', 'author', 'authors', 'artist', 'publisher', 'manufacturer', 'brandname'],
    'productbrand',
  ],
  category: [
    ...['category', 'categories', 'genre', 'genres', 'class', 'tags', 'maincategory', 'categoryname'],
    ...['productcategory', 'itemcategory'],
  ],
};

/** A column by its name, or by its number from 1 in a file without header. */
export type ColumnName = string | number;
/** Columns by role; `itemKey` is the items' column of the item if its name differs. */
export type ColumnNames = Partial<Record<Role | 'itemKey', ColumnName>>;
/** The columns taken, by role. A category may come from several: the first with a value counts. */
export type TakenColumns = Partial<Record<Role, string>>;

const KEYS: readonly string[] = [...Object.keys(NAMES), 'itemKey'];

/** @throws InputError for an unknown role, and for what names no column. */
export function checkColumnOptions(given: ColumnNames): void {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new InputError(
      'columns',
      `expected columns by role, got ${JSON.stringify(given)}`,
      "For example { user: 'buyer', item: 'sku' }",
    );
  for (const [role, column] of Object.entries(given) as [string, unknown][]) {
    if (!KEYS.includes(role)) throw unknownName('columns', 'role', role, KEYS);
    const isName =
      typeof column === 'string' ? column !== '' : Number.isInteger(column) && Number(column) > 0;
    if (column !== undefined && !isName)
      throw new InputError(
        `columns.${role}`,
        `expected the name of a column, or its number from 1, got ${JSON.stringify(column)}`,
      );
  }
}

/**
 * The columns of an interaction. Of several that may be the item, the one that the file of items has, too.
 * @throws InputError for a given name that is not there, a role that is not recognised, and ambiguous names.
 */
export async function interactionColumns(
  records: Records,
  given: ColumnNames,
  roles: readonly ('user' | 'item' | 'time')[],
  itemsColumns: readonly string[] = [],
): Promise<TakenColumns> {
  if (
    !records.named &&
    roles.every((role) => given[role] === undefined) &&
    records.columns.length === roles.length
  )
    return Object.fromEntries(roles.map((role, k) => [role, records.columns[k]]));
  const shared = new Set(itemsColumns.map(plain));
  const both = NAMES.item.filter((name) => name !== 'id' && shared.has(name));
  const found: TakenColumns = {};
  for (const role of roles) {
    const name = givenColumn(records, given[role], role);
    const names = role === 'item' ? [...both, ...NAMES.item] : NAMES[role];
    const column = name ?? recognised(records, role, names);
    if (column === undefined) throw notRecognised(records, role, roles);
    if (name === undefined && plain(column) === 'id' && (await isRowNumber(records, column)))
      throw notRecognised(records, role, roles, `; ${column} differs in every row, like a row number`);
    found[role] = column;
  }
  checkApart(records.path, found);
  return found;
}

/** @throws InputError if one column has two roles. */
function checkApart(path: string, found: TakenColumns): void {
  const taken = new Map<string, string>();
  for (const [role, column] of Object.entries(found)) {
    const other = taken.get(column);
    if (other !== undefined)
      throw new InputError(
        path,
        `expected different columns as ${other} and ${role}, got ${excerpt(column)} for both`,
        `Name others with columns (--columns ${other}=NAME,${role}=NAME)`,
      );
    taken.set(column, role);
  }
}

/** Whether a first line is a header of items, by the names in common use. */
export function namesAnItem(columns: readonly string[]): boolean {
  return columns.some((column) => NAMES.item.includes(plain(column)));
}

/** The columns of an item; texts may be absent. @throws InputError as for interactions. */
export function itemColumns(records: Records, given: ColumnNames, interactionsItem: string): TakenColumns {
  const { columns, named } = records;
  const same =
    given.itemKey === undefined && named ? columns.find((name) => name === interactionsItem) : undefined;
  const positions = !named && Object.keys(given).every((role) => ['user', 'item', 'time'].includes(role));
  if (positions && columns.length === 2) return { item: columns[0], title: columns[1] };
  const key =
    givenColumn(records, given.itemKey, 'itemKey') ?? same ?? recognised(records, 'item', NAMES.item);
  if (key === undefined) throw notRecognised(records, 'item', ['item'], '', 'itemKey');
  const found: TakenColumns = { item: key };
  for (const role of ['title', 'brand', 'category'] as const) {
    const names = NAMES[role].filter((name) =>
      columns.some((column) => column !== key && plain(column) === name),
    );
    const column = givenColumn(records, given[role], role) ?? recognised(records, role, names);
    if (column !== undefined) found[role] = column;
  }
  return found;
}

/** Such as: user from "uid", item from "sku". */
export function rolesText(columns: TakenColumns): string {
  return Object.entries(columns)
    .map(([role, column]) => `${role} from ${excerpt(column)}`)
    .join(', ');
}

/** Of Amazon's metadata some records have the one, some the other. */
export function categoryColumns(columns: readonly string[], category: string): string[] {
  const other = category === 'category' ? 'categories' : 'category';
  return ['category', 'categories'].includes(category) && columns.includes(other)
    ? [category, other]
    : [category];
}

function givenColumn(
  { path, columns, named, separated }: Records,
  name: ColumnName | undefined,
  role: string,
): string | undefined {
  if (name === undefined) return undefined;
  const column = String(name);
  if (columns.includes(column)) {
    if (columns.indexOf(column) !== columns.lastIndexOf(column)) throw twice(path, column, role);
    return column;
  }
  const near = nearest(column, columns);
  const number = /^\d+$/.test(column);
  throw new InputError(
    path,
    `expected a column "${column}" as ${role}, got ${columns.join(', ')}`,
    number && named && separated ? headerless(columns) : near ? `Did you mean "${near}"?` : undefined,
  );
}

function recognised({ path, columns }: Records, role: Role, names: readonly string[]): string | undefined {
  for (const name of names) {
    const matching = columns.filter((column) => plain(column) === name);
    if (matching.length > 1 && new Set(matching).size === 1) throw twice(path, matching[0], role);
    if (matching.length > 1)
      throw new InputError(
        path,
        `expected one column as ${role}, got ${matching.join(' and ')}`,
        `Name it with columns.${role} (--columns ${role}=NAME)`,
      );
    if (matching.length === 1) return matching[0];
  }
  return undefined;
}

/**
 * For files of interactions with separators. If the first line is a row, the column of the time is the one
 * that looks like a time: often the fourth, after a rating.
 */
function headerless(columns: readonly string[]): string {
  const found = columns.findIndex((value) => LOOKS_LIKE_TIME.test(value.trim()));
  const time = columns.length < 3 ? undefined : found === -1 ? 2 : found;
  const [user, item] = [...columns.keys()].filter((at) => at !== time);
  const taken = Object.entries({ user, item, time }).flatMap(([role, at]) =>
    at === undefined ? [] : [[role, at + 1] as const],
  );
  const list = (sign: string): string => taken.map(([role, number]) => role + sign + number).join();
  return (
    'If the first line is a row already, give header: false and columns by number, for example ' +
    `columns: { ${list(': ').replaceAll(',', ', ')} }${time === undefined ? ' and fileOrder: true' : ''} ` +
    `(--no-header --columns ${list('=')}${time === undefined ? ' --file-order' : ''})`
  );
}

/** Nine digits and more, or a date. */
const LOOKS_LIKE_TIME = /^\d{9,}(\.\d+)?$|^\d{1,4}[-/.]\d\d?[-/.]\d{1,4}(?!\d)/;

function notRecognised(
  { path, columns, separated }: Records,
  role: Role,
  roles: readonly Role[],
  why = '',
  option: string = role,
): InputError {
  const order =
    role === 'time' && roles.includes('time')
      ? ', or give fileOrder: true (--file-order) if rows are in the order of events'
      : '';
  const got = columns.length === 0 ? 'records without any' : columns.slice(0, 30).join(', ');
  const problem =
    `expected a column for the ${role} (such as ${NAMES[role].slice(0, 3).join(', ')}), got ` +
    (separated && columns.length === 1 ? `one column, ${excerpt(columns[0])}` : got) +
    `${columns.length > 30 ? ' and more' : ''}${why}`;
  if (separated && columns.length === 1) return new InputError(path, problem, oneColumn(columns[0]));
  if (columns.some((column) => column.includes('\ufffd')))
    return new InputError(
      path,
      `${problem}; these names are not UTF-8`,
      'Give the encoding, for example encoding: "windows-1252" (--encoding windows-1252)',
    );
  const form = separated
    ? columns[0].startsWith('{')
      ? '. If its lines are JSON, give it the ending .jsonl'
      : `. ${option === 'itemKey' ? NO_ITEM_HEADER : headerless(columns)}. Lines above the header need ` +
        'to be removed'
    : role === roles[0]
      ? '. Records within another object need to be taken out of it: one object per line, or a list of them'
      : '';
  return new InputError(
    path,
    problem,
    `Name it with columns.${option} (--columns ${option}=NAME)${order}${form}`,
  );
}

const NO_ITEM_HEADER = 'If the first line is a row already, write a header above it, such as item,title';

/** What to do about a header that is cut nowhere. */
function oneColumn(header: string): string {
  if (/^\s*[[{]/.test(header)) return 'If its lines are JSON, give it the ending .jsonl';
  return /[,;\t|]/.test(header)
    ? 'Give the sign between fields with separator (--separator). If each line is in quotes as a whole, ' +
        'write the file again without them'
    : 'Give the sign between fields with separator (--separator); lines above the header need to be removed';
}

function twice(path: string, column: string, role: string): InputError {
  return new InputError(
    path,
    `expected different names in the header, got "${column}" twice, as ${role}`,
    'Rename one of the columns',
  );
}

/** An event's or a row's number: never twice the same. */
async function isRowNumber(records: Records, column: string): Promise<boolean> {
  const rows = await firstRows(records, [column], 1000);
  return new Set(rows.map(({ cells: [value] }) => String(value))).size === rows.length;
}

function plain(column: string): string {
  return column.toLowerCase().replace(/[\s._#-]/g, '');
}
