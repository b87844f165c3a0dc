/** Given files of a stage that another machine asks for: found by content, refused by a line. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { experiment } from '../../lib/src/experiments/experiment';
import { withFolders } from '../../lib/src/experiments/givenFolders';
import { openProfile } from '../../lib/src/experiments/openProfile';
import { profile } from '../../lib/src/experiments/profiles';
import { sourcesHere } from '../../lib/src/experiments/sourcesHere';
import { NotHere } from '../../lib/src/pipeline/notHere';
import { folders } from '../../lib/src/project';
import { stageJob, stageOf } from '../../lib/src/pipeline/queue/stageJob';
import { kinds } from '../../lib/src/experiments/stages/kinds';
import type { StageNode } from '../../lib/src/pipeline/stage';
import { freshFolder } from '../support/folders';

/** A folder with made-up reviews of a domain and the files of a model; what they say does not matter here. */
function given(text: string): { data: string; model: string } {
  const folder = freshFolder();
  const [data, model] = ['data', 'model'].map((name) => join(folder, name));
  for (const path of [data, model]) mkdirSync(path);
  writeFileSync(join(data, 'Pantry_5.json.gz'), gzipSync(text));
  writeFileSync(join(data, 'meta_Pantry.json.gz'), gzipSync(text));
  writeFileSync(join(model, 'config.json'), '{}');
  writeFileSync(join(model, 'tokenizer.json'), text);
  return { data, model };
}
/** As a worker gets it: without any path. */
const sent = (node: StageNode): StageNode =>
  stageOf(node.key, JSON.parse(JSON.stringify(stageJob(node))), kinds);
const changed = (node: StageNode, config: object): StageNode => ({
  ...node,
  config: { ...(node.config as object), ...config },
});

const here = given('one');
const real = experiment(withFolders(profile('real'), here.data, here.model));

describe.each<[string, StageNode, Record<string, string>]>([
  ['reviews', real.dataset('Pantry'), { data: here.data }],
  ['tokenizer', real.tokenizer(), { model: here.model }],
  ['language model', real.lf(), { model: here.model }],
])('%s', (_, node, sources) => {
  test('are found in the folder that this machine was given, wherever it is', () => {
    expect(sourcesHere(sent(node), here)).toEqual(sources);
    const copy = given('one');
    expect(Object.values(sourcesHere(sent(node), copy))).toEqual([sources.data ? copy.data : copy.model]);
  });

  test('of other content, or none, are not taken', () => {
    expect(() => sourcesHere(sent(node), given('two'))).toThrow(/needs other files than those/);
    expect(() => sourcesHere(sent(node), {})).toThrow(/give --(data|model) here/);
  });
});

describe('own data', () => {
  const shop = (title: string): string => {
    const folder = join(freshFolder(), 'shop');
    mkdirSync(folder);
    writeFileSync(join(folder, 'interactions.csv'), 'user,item,time\n');
    writeFileSync(join(folder, 'items.csv'), title);
    return folder;
  };
  const interactions = shop('one');
  const session = openProfile({ profile: 'real', interactions, set: [] });
  const node = session.experiment.dataset('shop');

  test('are found by their content, and others refused', () => {
    const copy = shop('one');
    expect(sourcesHere(sent(node), { interactions: copy })).toEqual({ interactions: copy });
    expect(() => sourcesHere(sent(node), { interactions: shop('two') })).toThrow(
      /needs other files than those/,
    );
    expect(() => sourcesHere(sent(node), {})).toThrow(/give --interactions here/);
  });
});

describe('a released model', () => {
  const node = experiment(profile('mini')).lf() as StageNode;

  test('is that of the project', () => {
    expect(node.kind.name).toBe('releasedModel');
    expect(sourcesHere(sent(node), {})).toEqual({ models: folders.models });
  });

  test.each([
    ['another content', { sha256: '0'.repeat(64) }],
    ['a file elsewhere', { file: '../../package.safetensors' }],
    ['a file that is no model', { file: 'models.json' }],
  ])('with %s is not taken', (_, config) => {
    expect(() => sourcesHere(changed(node, config), {})).toThrow(NotHere);
  });
});

test('other stages need no files', () => {
  expect(sourcesHere(sent(experiment(profile('smoke')).dataset('Pantry')), {})).toEqual({});
});
