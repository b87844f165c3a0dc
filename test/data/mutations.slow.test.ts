/**
 * Damaged files of every format: whatever bytes are changed, a reader gives a dataset or an InputError that
 * names the file, and never a message of DuckDB or Node.
 */
import { DuckDBInstance } from '@duckdb/node-api';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { MT19937 } from '../../lib/src/data';
import { readAmazon, readOwn } from '../../lib/src/data/sources';
import { InputError } from '../../lib/src/errors';
import { freshFolder } from '../support/folders';

const root = freshFolder();
const events = Array.from(
  { length: 24 },
  (_, k) => [`user${k % 3}`, `item${(k * 5) % 8}`, 1.6e9 + k] as const,
);
const rows = (separator: string): string => events.map((event) => `${event.join(separator)}\n`).join('');
const objects = events.map(([user_id, item_id, timestamp]) => ({
  user_id,
  item_id,
  timestamp,
  note: 'é "x"',
}));
const lines = (values: object[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join('');

/** Files of a whole dataset; the first is the one that is damaged. */
const SEEDS: Record<string, Record<string, string | Buffer>> = {
  csv: { 'interactions.csv': `user,item,time\n"user ""0""","item,0",5\n${rows(',')}` },
  items: {
    'items.csv':
      'item,title,brand,category\n' + events.map(([, item], k) => `${item},"Title ${k}, é",,a|b\n`).join(''),
    'interactions.csv': `user,item,time\n${rows(',')}`,
  },
  'csv.gz': { 'interactions.csv.gz': gzipSync(`user,item,time\n${rows(',')}`) },
  json: { 'interactions.jsonl': lines(objects) },
  array: { 'interactions.json': JSON.stringify(objects, null, 1) },
  python: {
    'interactions.json': events
      .map(([u, i, t]) => `{'user': u'${u}', 'item': "${i}", 'time': ${t}}\n`)
      .join(''),
  },
  movieLens: {
    'ratings.dat': rows('::').replace(/::(\d+)\n/g, '::5::$1\n'),
    'movies.dat': 'item0::Film::Drama\n',
  },
  recBole: { 'shop.inter': `user_id:token\titem_id:token\ttimestamp:float\n${rows('\t')}` },
  sasrec: { 'interactions.txt': events.map((_, k) => `${1 + (k % 3)} ${1 + ((k * 5) % 8)}\n`).join('') },
  amazon: {
    'D_5.json': lines(
      events.map(([u, i, t]) => ({ reviewerID: u, asin: i, unixReviewTime: t, reviewText: 'ü' })),
    ),
    'meta_D.json': lines([{ asin: 'item0', title: 'T', categories: [['a', 'b']] }]),
  },
  metadata: {
    'meta_D.json': events
      .map(([, i]) => `{'asin': '${i}', 'title': 'It\\'s', 'categories': [['a']]}\n`)
      .join(''),
    'D_5.json': lines(events.map(([u, i, t]) => ({ reviewerID: u, asin: i, unixReviewTime: t }))),
  },
};

beforeAll(async () => {
  const path = join(root, 'whole.parquet');
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(
    `COPY (SELECT 'user' || range % 3 AS user, 'item' || range % 8 AS item, range AS time, [range] AS tags ` +
      `FROM range(24)) TO '${path}' (FORMAT parquet)`,
  );
  connection.closeSync();
  instance.closeSync();
  SEEDS.parquet = { 'interactions.parquet': readFileSync(path) };
});

const PIECES = [
  ...[
    '"',
    "'",
    ',',
    '\n',
    '\r',
    '\0',
    '\t',
    '{',
    '}',
    '[',
    ']',
    ':',
    '\\',
    '\\u00',
    'NaN',
    'null',
    '-1',
    '1e999',
  ],
  ...['99999999999999999999', '\ufeff', ' ', '""', '::', '\u001b[2J', 'sep=;\n'],
].map((text) => Buffer.from(text));
PIECES.push(Buffer.from([0xff]), Buffer.from([0xc3]), Buffer.from([0xed, 0xa0, 0x80]));

/**
 * One to three changes at random places: a byte, a piece put in, a stretch cut out or doubled, or the end
 * cut.
 */
function mutated(content: Buffer, random: MT19937): Buffer {
  for (let changes = 1 + random.below(3); changes > 0; changes--) {
    const at = random.below(content.length + 1);
    const to = Math.min(content.length, at + 1 + random.below(12));
    const [before, stretch, after] = [
      content.subarray(0, at),
      content.subarray(at, to),
      content.subarray(to),
    ];
    const change = random.below(5);
    if (change === 0) content = Buffer.concat([before, stretch.map(() => random.below(256)), after]);
    else if (change === 1)
      content = Buffer.concat([before, PIECES[random.below(PIECES.length)], stretch, after]);
    else if (change === 2) content = Buffer.concat([before, after]);
    else if (change === 3) content = Buffer.concat([before, stretch, stretch, after]);
    else content = Buffer.from(random.below(4) === 0 ? before : content);
  }
  return content;
}

async function outcome(kind: string, number: number): Promise<string | undefined> {
  const folder = join(root, `${kind}-${number}`);
  mkdirSync(folder);
  const [[damaged, whole], ...others] = Object.entries(SEEDS[kind]);
  const random = new MT19937(number);
  writeFileSync(join(folder, damaged), mutated(Buffer.from(whole), random));
  for (const [name, content] of others) writeFileSync(join(folder, name), content);
  const amazon = kind === 'amazon' || kind === 'metadata';
  try {
    const options = { threads: 1, minUserInteractions: 1 };
    const dataset = amazon ? await readAmazon(folder, 'D', options) : await readOwn(folder, options);
    return dataset.interactions > 0 ? undefined : `${folder}: an empty dataset`;
  } catch (error) {
    if (!(error instanceof InputError)) return `${folder}: ${String(error)}`;
    const { message } = error;
    if (!message.startsWith(folder)) return `names no file: ${message}`;
    if (/\p{Cc}/u.test(message)) return `control characters: ${JSON.stringify(message)}`;
    return /Error:|duckdb|struct pack|ENO|read_csv|Binder|Conversion/i.test(message.slice(folder.length))
      ? `foreign words: ${message}`
      : undefined;
  }
}

describe('1,000 damaged files', () => {
  const kinds = [...Object.keys(SEEDS), 'parquet'];
  it.each(kinds)('%s', { timeout: 120_000 }, async (kind) => {
    const wrong: string[] = [];
    for (let number = 0; number < Math.ceil(1000 / kinds.length); number++) {
      const problem = await outcome(kind, number);
      if (problem !== undefined) wrong.push(problem);
    }
    expect(wrong).toEqual([]);
  });
});
