/**
 * The lists that `--options` prints: complete, as the training or the profile checks, and with the defaults
 * that it takes.
 */
import type { JsonSchema } from '@valibot/to-json-schema';
import { describe, expect, test } from 'vitest';
import { profileJsonSchema } from '../../lib/src/cli/profileJsonSchema';
import { profileOptions, profileOptionsText } from '../../lib/src/cli/profileOptions';
import type { TrainOptions } from '../../lib/src/cli/train/commandLine';
import { type OptionRow, optionRows, optionTable } from '../../lib/src/cli/train/optionTable';
import { settingsOf } from '../../lib/src/cli/train/settings';
import { PROFILE_NAMES, profile } from '../../lib/src/experiments/profiles';
import {
  presetOptions,
  type RecommenderOptions,
  recommenderOptions,
} from '../../lib/src/training/recommender';
import { pattern } from '../pattern';
import { elephant } from '../support/elephant';

const printed = async (...args: string[]): Promise<string> => (await elephant(...args)).out;
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
  test('lists every option but those that have one of their own, each with a meaning of a line', () => {
    const rows = optionRows();
    expect([...rows.map(({ option }) => option), 'model', 'variant'].sort()).toEqual(
      Object.keys(recommenderOptions({ model: 'sasrec' })).sort(),
    );
    for (const { meaning, values, expected } of rows) {
      expect(meaning).toMatch(/^.{5,110}$/);
      expect(values ?? expected).toBeTruthy();
    }
  });

  test('names exactly the values that a training takes', () => {
    for (const { option, values, expected, default: defaults } of optionRows()) {
      // What an option is for alone takes its other value.
      const beside = option === 'paddingAsClass' ? { loss: 'ce' } : {};
      for (const value of values ?? [])
        expect([
          option,
          value,
          MODELS.some((model) => accepts(model, { ...beside, [option]: value })),
        ]).toEqual([option, value, true]);
      if (values === undefined) expect(expected).toMatch(/number/);
      for (const model of MODELS)
        expect([
          option,
          accepts(model, { [option]: 'nonsense' }),
          accepts(model, { [option]: defaults[model] }),
        ]).toEqual([option, false, true]);
    }
  });

  test('says of an option what the check of a wrong value says', () => {
    const row = (option: string): OptionRow | undefined => optionRows().find((one) => one.option === option);
    expect(row('padding')).toMatchObject({
      default: { sasrec: 'attended' },
      values: ['attended', 'masked'],
      decisions: ['D10'],
    });
    expect(row('dim')).toMatchObject({
      default: { sasrec: 64, bert4rec: 64 },
      expected: 'a whole number of at least 1',
    });
    expect(row('dropout')).toMatchObject({
      default: { sasrec: 0.5, bert4rec: 0.1 },
      expected: 'a number of at least 0 and below 1',
    });
    expect(row('seed')).toMatchObject({
      default: { sasrec: 42 },
      expected: 'a whole number from 0 to 4294967295',
    });
    expect(row('lazyRows')).toMatchObject({ values: [false, true] });
  });

  test("has the authors' values with --as coded: those of trainRecommender", () => {
    const rows = optionRows('coded');
    for (const model of MODELS) {
      const coded = recommenderOptions({ model });
      expect(coded).toMatchObject(Object.fromEntries(rows.map((row) => [row.option, row.default[model]])));
      const command = { as: 'coded', model, set: {}, freeze: false } as TrainOptions;
      expect(settingsOf(command)).toMatchObject({ effective: coded, fromPreset: {} });
    }
  });

  test('has the defaults of the preset asked for', () => {
    const rows = optionRows('published');
    for (const model of MODELS)
      expect(Object.fromEntries(rows.map((row) => [row.option, row.default[model]]))).toMatchObject(
        presetOptions('published', { model }),
      );
  });

  test('prints a table, or with --json the rows; trains nothing', async () => {
    const [table, json] = await Promise.all([
      printed('train', '--options', '--domain', 'Nowhere'),
      printed('train', '--options', '--as', 'published', '--json'),
    ]);
    expect(table).toBe(optionTable(optionRows()));
    expect(table).toMatch(/^option +sasrec +bert4rec +values +decision +meaning\n/);
    expect(table).toMatch(
      /^userSampling +replacement +shuffled +replacement, shuffled, repeated +D8, D48 +users /m,
    );
    expect(JSON.parse(json)).toEqual({ as: 'published', options: optionRows('published') });
  });

  test('defaults are what a training takes', async () => {
    const { options } = JSON.parse(
      await printed('train', '--domain', 'Pantry', '--epochs', '1', '--json'),
    ) as { options: Record<string, unknown> };
    const changed = optionRows()
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
      printed('run', '--options', '--profile', 'real'),
      printed('run', '--options', '--json'),
    ]);
    expect(text).toMatch(
      pattern(
        /^given\.evaluated\.users=0\n {4}maximum number of users of a domain, drawn with a seed; /m,
        /0: all; takes a whole number of at least 0$/,
      ),
    );
    expect(JSON.parse(json)).toEqual({ profile: 'mini', options: profileOptions('mini', []) });
  });
});

describe('plan --schema', () => {
  test('has each value of the profile with type, range, meaning, decisions and default', async () => {
    const schema = JSON.parse(
      await printed('plan', '--schema', '--profile', 'real', '--set', 'pretrain.epochs=3'),
    ) as JsonSchema;
    const within = (key: string): JsonSchema =>
      key.split('.').reduce((node, name) => node.properties![name] as JsonSchema, schema);
    for (const { key, meaning, value } of profileOptions('real', ['pretrain.epochs=3']))
      expect([key, within(key)]).toMatchObject([key, { description: meaning, default: value }]);
    expect(within('pretrain.epochs')).toEqual({
      type: 'integer',
      minimum: 1,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'epochs of pre-training (PT)',
      default: 3,
    });
    expect(within('pretrain.heldOut')).toMatchObject({
      type: 'number',
      exclusiveMinimum: 0,
      exclusiveMaximum: 1,
      decisions: ['D29'],
    });
    expect(within('backbones')).toMatchObject({
      type: 'array',
      minItems: 1,
      uniqueItems: true,
      items: { enum: ['SASRec', 'BERT4Rec'] },
    });
    expect(within('repetitions.runs').items).toMatchObject({
      required: ['world', 'seed'],
      additionalProperties: false,
    });
    expect(within('decisions').required).toContain('targets');
    expect(profileJsonSchema('mini', []).required).not.toContain('given');
  });
});
