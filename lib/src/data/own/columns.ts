/**
 * Which column of a user's file plays which role: as the options say, otherwise by the names in common use.
 * Called by readOwn.ts.
 */
import { InputError, nearest } from '../../errors';

export type Role = 'user' | 'item' | 'time' | 'title' | 'brand' | 'category';

/** Names in lower case without spaces, dots, dashes and underscores, the likeliest first. */
const NAMES: Record<Role, readonly string[]> = {
  user: ['user', 'userid', 'reviewerid', 'customerid', 'uid', 'memberid', 'sessionid', 'visitorid'],
  item: [
    'item',
    'itemid',
    'asin',
    'parentasin',
    'productid',
    'movieid',
    'bookid',
    'articleid',
    'newsid',
    'trackid',
    'iid',
    'id',
  ],
  time: ['time', 'timestamp', 'unixreviewtime', 'unixtime', 'datetime', 'date', 'createdat', 'ts'],
  title: [
    'title',
    'name',
    'itemname',
    'producttitle',
    'productname',
    'movietitle',
    'booktitle',
    'text',
    'description',
  ],
  brand: ['brand', 'store', 'author', 'authors', 'artist', 'publisher', 'manufacturer'],
  category: ['category', 'categories', 'genre', 'genres', 'class', 'tags', 'maincategory'],
};

/** Column names by role. */
export type ColumnNames = Partial<Record<Role, string>>;

/**
 * The column of each role that is given or recognised. Two columns of the same likelihood never occur: names
 * are tried in the order above, and two columns that differ only in spelling ("user_id", "UserID") are an
 * error.
 * @throws InputError for a given name that is not there, a needed role that is not recognised, and ambiguous
 * names.
 */
export function recogniseColumns(
  where: string,
  columns: readonly string[],
  given: ColumnNames,
  wanted: readonly Role[],
  needed: readonly Role[],
): ColumnNames {
  const found: ColumnNames = {};
  for (const role of wanted) {
    const name = given[role];
    if (name !== undefined && !columns.includes(name)) {
      const near = nearest(name, columns);
      throw new InputError(
        where,
        `expected a column "${name}" as ${role}, got ${columns.join(', ')}`,
        near ? `Did you mean "${near}"?` : undefined,
      );
    }
    const column = name ?? recognised(where, columns, role);
    if (column !== undefined) found[role] = column;
    else if (needed.includes(role)) {
      throw new InputError(
        where,
        `expected a column that tells the ${role} (such as ${NAMES[role].slice(0, 3).join(', ')}), got ` +
          `${columns.join(', ')}`,
        `Name it with the option columns.${role}`,
      );
    }
  }
  return found;
}

function recognised(where: string, columns: readonly string[], role: Role): string | undefined {
  for (const name of NAMES[role]) {
    const matching = columns.filter((column) => plain(column) === name);
    if (matching.length > 1)
      throw new InputError(
        where,
        `expected one column as ${role}, got ${matching.join(' and ')}`,
        `Name it with the option columns.${role}`,
      );
    if (matching.length === 1) return matching[0];
  }
  return undefined;
}

function plain(column: string): string {
  return column.toLowerCase().replace(/[\s._-]/g, '');
}
