/** Finds interactions and items in a folder of a user's data by common file names. */
import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { InputError } from '../../errors';
import { statOf, unreadable } from '../../readableFile';
import type { SourceFiles } from '../reading/readSource';

/** Levels of folders with parts. */
const DEEPEST = 4;

/** A file of a split: the name of the whole, which may be empty, the part, and the ending. */
const SPLIT_FILE =
  /^(?:(.+)[._-])?(train|valid|validation|val|dev|test)(\.(?:inter|csv|tsv|txt|jsonl?|parquet))$/;

/** Names without .gz, in small letters: interactions, and the items that go with them. */
const PAIRS: readonly [interactions: RegExp, items: (name: string) => RegExp][] = [
  [/^interactions(\.\w+)?$/, () => /^items(\.\w+)?$/],
  [/^u\.data$/, () => /^u\.item$/],
  [/^ratings\.dat$/, () => /^movies\.dat$/],
  [/^ratings?\.csv$/, () => /^movies?\.csv$/],
  [/\.inter$/, () => /\.item$/],
  [SPLIT_FILE, () => /^items(\.\w+)?$/],
];

/** The parts of a split, oldest first. */
const SPLIT: readonly (readonly string[])[] = [['train'], ['valid', 'validation', 'val', 'dev'], ['test']];

/** Files of a folder that may hold data. */
const DATA_FILE =
  /^(?!readme|licen[sc]e).*\.(csv|tsv|txt|tab|psv|jsonl?|ndjson|dat|data|inter|item|parquet)(\.gz)?$/i;

/**
 * The files of a path: itself if it is a file; in a folder the pair of interactions and items, or parts of
 * interactions alone (Parquet, or part-*). @throws InputError if there is none.
 */
export function findOwnFiles(path: string): SourceFiles & { ratings?: boolean } {
  if (!statOf(path, 'a readable file or folder').isDirectory()) return { interactions: [path], items: [] };
  const names = namesIn(path);
  for (const [pattern, itemsOf] of PAIRS) {
    const found = matching(names, pattern);
    if (found.length === 0) continue;
    const interactions = oneTable(path, found);
    const items = matching(names, itemsOf(found[0]));
    return {
      interactions: interactions.flatMap((name) => partsOf(join(path, name))),
      items: items.length === 0 ? [] : partsOf(join(path, oneTable(path, items)[0])),
    };
  }
  const amazon = amazonPair(path, names);
  if (amazon) return amazon;
  const parts = partsIn(path);
  if (parts.length > 0) return { interactions: parts, items: [] };
  throw new InputError(
    path,
    'expected interactions.* and items.*, MovieLens, RecBole or Amazon files, or Parquet parts, got ' +
      `${names.slice(0, 10).join(', ') || 'an empty folder'}`,
    'Name the file of interactions instead of the folder, and the one of items with items (--items)',
  );
}

/** The files of a path and its dataset's name, with the file of items if it is named. */
export function ownSource(
  path: string,
  items?: string,
): { name: string; files: SourceFiles & { ratings?: boolean } } {
  const found = findOwnFiles(path);
  const files = items === undefined ? found : { ...found, items: partsOf(items, 'a readable file of items') };
  return { name: nameOf(path, files.interactions), files: { ...files, beside: beside(path, files) } };
}

/** Names of the files in a folder that may hold data and are not read. */
function beside(path: string, { interactions, items }: SourceFiles): string[] {
  if (!statSync(path).isDirectory()) return [];
  const real = (file: string): string => (existsSync(file) ? realpathSync(file) : file);
  const read = new Set([...interactions, ...items].map(real));
  return namesIn(path).filter((name) => {
    const file = join(path, name);
    const isFile = statSync(file, { throwIfNoEntry: false })?.isFile() === true;
    return isFile && DATA_FILE.test(name) && !read.has(real(file));
  });
}

/** A file itself, or the parts in a folder that stands for a file. @throws InputError if there are none. */
function partsOf(path: string, expected?: string): readonly string[] {
  if (!statOf(path, expected).isDirectory()) return [path];
  const parts = partsIn(path);
  if (parts.length > 0) return parts;
  throw new InputError(path, 'expected a file, or a folder of Parquet files or part-* files, got neither');
}

/** The dataset's name if none is given: the file's, or the folder's if the file has a common name. */
function nameOf(path: string, interactions: readonly string[]): string {
  const split = splitOf(basename(interactions[0]));
  if (interactions.length > 1 && split === undefined) return plainName(path);
  const name = split?.whole ?? plainName(interactions[0]);
  return /^(u|ratings?|interactions|)$/i.test(name) ? basename(join(interactions[0], '..')) : name;
}

function plainName(path: string): string {
  return basename(join(path, '.')).replace(/(\.\w+)(\.gz)?$/i, '');
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => !/^[._]/.test(name))
      .sort(new Intl.Collator('en', { numeric: true }).compare);
  } catch (cause) {
    throw unreadable(folder, cause, 'a readable folder');
  }
}

function matching(names: readonly string[], pattern: RegExp): string[] {
  return names.filter((name) => pattern.test(name.toLowerCase().replace(/\.gz$/, '')));
}

/** One name, or those of a split in their order. */
function oneTable(folder: string, found: readonly string[]): string[] {
  if (found.length === 1) return [...found];
  const parts = found.map((name) => ({ name, ...splitOf(name) }));
  const [{ whole, ending }] = parts;
  const places = new Set(parts.map(({ place }) => place));
  if (
    places.size === parts.length &&
    parts.every((part) => part.place !== undefined && part.whole === whole && part.ending === ending)
  )
    return parts.sort((a, b) => a.place! - b.place!).map(({ name }) => name);
  throw new InputError(
    folder,
    `expected one such file, got ${found.join(', ')}`,
    'Name the file instead of the folder',
  );
}

/** Which part of which split a file is; undefined for none. */
function splitOf(name: string): { whole: string; place: number; ending: string } | undefined {
  const plain = name.replace(/\.gz$/i, '');
  const found = SPLIT_FILE.exec(plain.toLowerCase());
  if (found === null) return undefined;
  const [, whole = '', part, ending] = found;
  const place = SPLIT.findIndex((names) => names.includes(part));
  return { whole: plain.slice(0, whole.length), place, ending };
}

/** Reviews and metadata as Amazon has them, if a folder has those of one domain. */
function amazonPair(folder: string, names: readonly string[]): ReturnType<typeof findOwnFiles> | undefined {
  const pairs = names.flatMap((metadata) => {
    const domain = /^meta_(.+)\.jsonl?(\.gz)?$/.exec(metadata)?.[1];
    if (domain === undefined) return [];
    const reviews = ['_5.json', '.jsonl', '.json', '.csv'].flatMap((ending) =>
      [domain, `reviews_${domain}`, `ratings_${domain}`].flatMap((name) => [
        `${name}${ending}.gz`,
        `${name}${ending}`,
      ]),
    );
    const found = reviews.find((name) => names.includes(name));
    return found === undefined
      ? []
      : [
          {
            interactions: [join(folder, found)],
            items: [join(folder, metadata)],
            ratings: /\.csv(\.gz)?$/.test(found),
          },
        ];
  });
  const alone = matching(names, /_5\.json$/);
  if (pairs.length === 0 && alone.length === 1) return { interactions: [join(folder, alone[0])], items: [] };
  return pairs.length === 1 ? pairs[0] : undefined;
}

/**
 * Files that together are one table: all Parquet files, in folders below as well, or part-* of one ending.
 */
function partsIn(folder: string): readonly string[] {
  const parquet = filesBelow(folder).filter((path) => /\.parquet$/i.test(path));
  if (parquet.length > 0) return inTime(parquet);
  const parts = namesIn(folder).filter((name) => /^part[-_.]?\d/.test(name));
  const endings = new Set(parts.map((name) => name.replace(/^[^.]*/, '')));
  return endings.size === 1 ? parts.map((name) => join(folder, name)) : [];
}

/** Parts of a split in their order; others as they are. */
function inTime(paths: readonly string[]): readonly string[] {
  const place = (path: string): number | undefined => splitOf(basename(path))?.place;
  return paths.every((path) => place(path) !== undefined)
    ? [...paths].sort((a, b) => place(a)! - place(b)!)
    : paths;
}

function filesBelow(folder: string, above: readonly string[] = []): string[] {
  const here = [...above, realpathSync(folder)];
  return namesIn(folder).flatMap((name) => {
    const path = join(folder, name);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats?.isDirectory() !== true) return [path];
    // A link to a folder above would name the same files again.
    return here.length > DEEPEST || here.includes(realpathSync(path)) ? [] : filesBelow(path, here);
  });
}
