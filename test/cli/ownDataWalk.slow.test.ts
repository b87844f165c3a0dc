/**
 * README's walk with one's own data, from file to recommendations, on five sets as users have them: read, in
 * two of them an item table of a language model (MiniLM where ELEPHANT_MINILM names one, otherwise a made-up
 * one), train with the defaults, recommend in another process. All are rings of items, so that the next item
 * is known. Runs the compiled library.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../lib/src/random';
import { writeModel } from '../experiments/givenFiles';
import { pattern } from '../pattern';
import { freshFolder } from '../support/folders';
import { elephant, type Ended } from '../support/elephant';

const folder = freshFolder();
const miniLM = process.env.ELEPHANT_MINILM;
if (miniLM === undefined) console.log('with a made-up language model, ELEPHANT_MINILM names no MiniLM');

/** 2020-01-01. */
const START = 1_577_836_800;
const DAY = 86_400;

interface Event {
  user: number;
  item: number;
  /** Seconds. */
  time: number;
}

/** Users who take the next item of a ring, now and then any item. */
function ring(users: number, items: number, events: number, seed: number): Event[] {
  const random = createRandom(seed);
  return Array.from({ length: users }, (_, user) => {
    let item = random.integer(items);
    return Array.from({ length: events + random.integer(4) }, (__, k): Event => {
      item = (random.uniform() < 0.9 ? item + 1 : random.integer(items)) % items;
      return { user, item, time: START + user * 60 + k * DAY };
    });
  }).flat();
}

const COLOURS = ['red', 'blue', 'small', 'large', 'oak', 'steel'];
const THINGS = ['lamp', 'chair', 'table', 'shade', 'desk'];
const titleOf = (item: number): string => `${COLOURS[item % 6]} ${THINGS[item % 5]} ${item}`;
const lines = <T>(values: readonly T[], line: (value: T) => string): string[] => values.map(line);
const each = (items: number): number[] => Array.from({ length: items }, (_, item) => item);

function write(name: string, files: Record<string, readonly string[]>): string {
  const place = join(folder, name);
  mkdirSync(place);
  for (const [file, rows] of Object.entries(files)) writeFileSync(join(place, file), `${rows.join('\n')}\n`);
  return place;
}

/** As a spreadsheet saves it where the day comes first: a mark, semicolons, quotes. */
function shop(): string {
  const date = (time: number): string => {
    const [year, month, day] = new Date(time * 1000).toISOString().slice(0, 10).split('-');
    return `${day}/${month}/${year} ${new Date(time * 1000).toISOString().slice(11, 16)}`;
  };
  const rows = lines(
    ring(200, 60, 25, 1),
    ({ user, item, time }) => `C${1000 + user};"SKU;${item}";${date(time)}`,
  );
  const items = lines(each(60), (item) => `"SKU;${item}";"A ""${titleOf(item)}""";Made;Home`);
  return write('shop', {
    'interactions.csv': ['\ufeffcustomer;sku;date', ...rows],
    'items.csv': ['\ufeffsku;name;brand;category', ...items],
  });
}

function movieLens(): string {
  const rows = lines(ring(120, 90, 40, 2), ({ user, item, time }) => `${user + 1},${item + 1},4.0,${time}`);
  const movies = lines(each(90), (item) => `${item + 1},"${titleOf(item)}, The (1999)",Comedy|Drama`);
  return write('ml-latest-small', {
    'ratings.csv': ['userId,movieId,rating,timestamp', ...rows],
    'movies.csv': ['movieId,title,genres', ...movies],
    'tags.csv': ['userId,movieId,tag,timestamp', '1,1,fun,1'],
    'links.csv': ['movieId,imdbId,tmdbId', '1,0114709,862'],
  });
}

function recBole(): string {
  const rows = lines(ring(150, 50, 12, 3), ({ user, item, time }) => `u${user}\ti${item}\t5.0\t${time}`);
  const items = lines(each(50), (item) => `i${item}\t${titleOf(item)}\tHome Kitchen`);
  return write('atomic', {
    'atomic.inter': ['user_id:token\titem_id:token\trating:float\ttimestamp:float', ...rows],
    'atomic.item': ['item_id:token\ttitle:token_seq\tcategories:token_seq', ...items],
  });
}

function pairs(): string {
  const rows = lines(ring(150, 50, 12, 4), ({ user, item }) => `${user + 1} ${item + 1}`);
  return join(write('pairs', { 'steam.txt': rows }), 'steam.txt');
}

/** Milliseconds, and a variant (asin) beside the product (parent_asin) that both files have. */
function amazon2023(): string {
  const reviews = lines(ring(150, 50, 12, 5), ({ user, item, time }) =>
    JSON.stringify({
      ...{ rating: 5, title: 'Good', asin: `B${item}${user % 3}`, parent_asin: `B${item}` },
      ...{ user_id: `U${user}`, timestamp: time * 1000, verified_purchase: true },
    }),
  );
  const items = lines(each(50), (item) =>
    JSON.stringify({
      title: titleOf(item),
      store: 'Made',
      categories: ['Home', 'Kitchen'],
      parent_asin: `B${item}`,
    }),
  );
  return write('amazon2023', { 'Home.jsonl': reviews, 'meta_Home.jsonl': items });
}

async function run(...args: string[]): Promise<Ended> {
  const ended = await elephant(...args);
  expect(ended, args.join(' ')).toMatchObject({ code: 0 });
  return ended;
}

/** Validation NDCG@10. */
interface Trained {
  againstBaselines: { model: number; popularity: number };
}

/** Of one set: 20 s of a core, with a MiniLM 60. */
const PATIENCE_MS = 600_000;
/** Of 50 updates; the other defaults stay. A table that says nothing takes all epochs. */
const FEW_EPOCHS = '6';

describe.each<{
  name: string;
  make: () => string;
  said: RegExp;
  /** Keys of three items in a row, and of the next. */
  history: [string[], string];
  table?: boolean;
}>([
  {
    name: 'a shop of 200 users in CSV',
    make: shop,
    said: pattern(
      /user from "customer", item from "sku", time from "date"; times: dates[^]*/,
      /users: 200 read, 200 kept; items: 60 read, 60 kept[^]*title from "name"/,
    ),
    history: [['SKU;3', 'SKU;4', 'SKU;5'], 'SKU;6'],
    table: true,
  },
  {
    name: 'ml-latest-small',
    make: movieLens,
    said: pattern(
      /user from "userId", item from "movieId", time from "timestamp"; times: seconds[^]*/,
      /users: 120 read, 120 kept/,
    ),
    history: [['11', '12', '13'], '14'],
  },
  {
    name: 'RecBole',
    make: recBole,
    said: pattern(
      /user from "user_id", item from "item_id"[^]*/,
      /users: 150 read, 150 kept[^]*category from "categories"/,
    ),
    history: [['i7', 'i8', 'i9'], 'i10'],
  },
  {
    name: 'user item',
    make: pairs,
    said: /pairs of numbers read as user and item/,
    history: [['21', '22', '23'], '24'],
  },
  {
    name: 'Amazon 2023',
    make: amazon2023,
    said: pattern(
      /item from "parent_asin"[^]*times: milliseconds[^]*/,
      /items: 50 read, 50 kept[^]*title from "title", brand from "store"/,
    ),
    history: [['B30', 'B31', 'B32'], 'B33'],
    table: true,
  },
])('$name', ({ make, said, history: [history, next], table }) => {
  test(
    'from file to recommendations',
    async () => {
      const interactions = make();
      const base = join(folder, `walk-${next.replace(/\W/g, '')}`);
      const tableArguments: string[] = [];
      if (table) {
        const model = miniLM ?? `${base}-model`;
        if (miniLM === undefined) await writeModel(model);
        const file = `${base}-table.safetensors`;
        const encoded = await run('encode', '--model', model, '--interactions', interactions, '--out', file);
        expect(encoded.err).toMatch(said);
        tableArguments.push('--table', file);
      }
      const saved = `${base}.safetensors`;
      const trained = await run(
        ...['train', '--interactions', interactions, ...tableArguments],
        ...(table && miniLM === undefined ? [] : ['--epochs', FEW_EPOCHS]),
        ...['--out', saved, '--json'],
      );
      expect(trained.err).toMatch(said);
      const { model, popularity } = (JSON.parse(trained.out) as Trained).againstBaselines;
      expect(model).toBeGreaterThan(2 * popularity);
      const { out } = await run('recommend', '--run', saved, '--history', ...history, '--top', '3', '--json');
      const { next: best } = JSON.parse(out) as { next: { item: string }[] };
      expect(best.map(({ item }) => item)).toContain(next);
    },
    PATIENCE_MS,
  );
});
