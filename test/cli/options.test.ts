/**
 * The lists that `--options` prints: complete, as the training or the profile checks, and with the defaults
 * that it takes.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { profileOptions, profileOptionsText } from '../../lib/src/cli/profileOptions';
import { type OptionRow, optionRows, optionTable } from '../../lib/src/cli/train/optionTable';
import { PROFILE_NAMES, profile } from '../../lib/src/experiments/profiles';
import { projectRoot } from '../../lib/src/project';
import {
  publishedForm,
  type RecommenderOptions,
  recommenderOptions,
} from '../../lib/src/training/recommender';

const elephant = async (...args: string[]): Promise<string> =>
  (await promisify(execFile)(process.execPath, [join(projectRoot, 'lib', 'bin', 'elephant.js'), ...args]))
    .stdout;
const MODELS = ['sasrec', 'bert4rec'] as const;
const accepts = (model: RecommenderOptions['model'], more: object): boolean => {
  try {
    recommenderOptions({ dim: 64, ...more, model });
    return true;
  } catch {
    return false;
  }
};

describe('train --options', () => {
  test('lists every option but those that have one of their own, each with a meaning of a line', async () => {
    const rows = await optionRows('coded');
    expect([...rows.map(({ option }) => option), 'model', 'variant'].sort()).toEqual(
      Object.keys(recommenderOptions({ model: 'sasrec' })).sort(),
    );
    for (const { meaning, values, expected } of rows) {
      expect(meaning).toMatch(/^.{5,110}$/);
      expect(values ?? expected).toBeTruthy();
    }
  });

  test('names values that a training takes, and no other', async () => {
    for (const { option, values, expected, default: defaults } of await optionRows('coded')) {
      // What an option is for alone takes its other value.
      const beside = option === 'paddingAsClass' ? { loss: 'ce' } : {};
      for (const value of values ?? [])
        expect([
          option,
          value,
          MODELS.some((model) => accepts(model, { ...beside, [option]: value })),
        ]).toEqual([option, value, true]);
      if (values === undefined) expect(expected).toMatch(/number|rate|decay/);
      for (const model of MODELS)
        expect([
          option,
          accepts(model, { [option]: 'nonsense' }),
          accepts(model, { [option]: defaults[model] }),
        ]).toEqual([option, false, true]);
    }
  });

  test('says of an option what the check of a wrong value says', async () => {
    const row = async (option: string): Promise<OptionRow | undefined> =>
      (await optionRows('coded')).find((one) => one.option === option);
    expect(await row('padding')).toMatchObject({
      default: { sasrec: 'attended' },
      values: ['attended', 'masked'],
      decisions: ['D10'],
    });
    expect(await row('dim')).toMatchObject({
      default: { sasrec: 64, bert4rec: 64 },
      expected: 'whole number of at least 1',
    });
    expect(await row('dropout')).toMatchObject({
      default: { sasrec: 0.5, bert4rec: 0.1 },
      expected: '0 <= rate < 1',
    });
    expect(await row('seed')).toMatchObject({
      default: { sasrec: 1 },
      expected: 'whole number from 0 to 2^32 - 1',
    });
    expect(await row('lazyRows')).toMatchObject({ values: [false, true] });
  });

  test('has the defaults of the form asked for', async () => {
    const rows = await optionRows('published');
    for (const model of MODELS)
      expect(Object.fromEntries(rows.map((row) => [row.option, row.default[model]]))).toMatchObject(
        publishedForm(model),
      );
  });

  test('prints a table, or with --json the rows; trains nothing', async () => {
    const [table, json] = await Promise.all([
      elephant('train', '--options', '--domain', 'Nowhere'),
      elephant('train', '--options', '--as', 'published', '--json'),
    ]);
    expect(table).toBe(optionTable(await optionRows('coded')));
    expect(table).toMatch(/^option +sasrec +bert4rec +values +decision +meaning\n/);
    expect(table).toMatch(
      /^userSampling +replacement +shuffled +replacement, shuffled, repeated +D8, D48 +users /m,
    );
    expect(JSON.parse(json)).toEqual({ as: 'published', options: await optionRows('published') });
  });

  test('defaults are what a training takes', async () => {
    const { options } = JSON.parse(
      await elephant('train', '--domain', 'Pantry', '--epochs', '1', '--json'),
    ) as { options: Record<string, unknown> };
    const changed = (await optionRows('coded'))
      .filter((row) => options[row.option] !== row.default.sasrec)
      .map(({ option }) => option);
    expect(changed).toEqual(['epochs']);
  });
});

describe('run --options', () => {
  test.each(PROFILE_NAMES)('lists every value of %s, and takes each as it is printed', (name) => {
    const leaves = (tree: object, within = ''): string[] =>
      Object.entries(tree).flatMap(([key, value]: [string, unknown]) =>
        typeof value === 'object' && value !== null && !Array.isArray(value)
          ? leaves(value, `${within}${key}.`)
          : [`${within}${key}`],
      );
    const options = profileOptions(name, []);
    expect([...options.map(({ key }) => key), 'name'].sort()).toEqual(leaves(profile(name)).sort());
    for (const { meaning, expected } of options) {
      expect(meaning).toMatch(/^.{5,140}$/);
      expect(expected).not.toBe('');
    }
    const printed = profileOptionsText(options)
      .split('\n')
      .filter((line) => /^\S/.test(line));
    expect(profile(name, printed)).toEqual(profile(name));
  });

  test('says what the check of a wrong value says, and shows overrides', () => {
    const options = profileOptions('mini', ['recommender.epochs=3', 'domains=["Arts"]']);
    const option = (key: string): unknown => options.find((one) => one.key === key);
    expect(option('recommender.epochs')).toMatchObject({
      value: 3,
      expected: 'a whole number of at least 1',
    });
    expect(() => profile('mini', ['recommender.epochs=0'])).toThrow(
      'expected a whole number of at least 1, got 0',
    );
    expect(option('backbones')).toMatchObject({
      value: ['SASRec', 'BERT4Rec'],
      expected: 'a list that is not empty, each one of SASRec, BERT4Rec',
    });
    expect(option('pretrain.fractions')).toMatchObject({
      expected: 'a list, each a share above 0 and at most 1',
    });
    expect(option('withID')).toMatchObject({ value: ['Arts'] });
    expect(option('given.data')).toBeUndefined();
  });

  test('prints two lines a value, or with --json all of them; computes nothing', async () => {
    const [text, json] = await Promise.all([
      elephant('run', '--options', '--profile', 'real'),
      elephant('run', '--options', '--json'),
    ]);
    expect(text).toMatch(
      /^given\.evaluated\.users=0\n {4}users of a domain at most, a seeded draw; 0: all; takes a whole number of at least 0$/m,
    );
    expect(JSON.parse(json)).toEqual({ profile: 'mini', options: profileOptions('mini', []) });
  });
});
