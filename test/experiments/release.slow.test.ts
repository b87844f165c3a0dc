/**
 * Language models that come with the project: that they are what their command gives, that they fit mini, and
 * how a wrong one is refused.
 */
import { copyFileSync, cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { pretrainingDomains, simulateDomain } from '../../lib/dist/data/simulation';
import { readSafetensors } from '../../lib/dist/engine/safetensors/safetensors';
import { experiment } from '../../lib/dist/experiments/experiment';
import { profile } from '../../lib/dist/experiments/profiles';
import { release, releaseNodes } from '../../lib/dist/experiments/release';
import { MANIFEST, readManifest, releasedModel } from '../../lib/dist/experiments/releasedModels';
import { run } from '../../lib/dist/experiments/stages/releasedModel';
import { storedTokenizer } from '../../lib/dist/experiments/stages/storedTokenizer';
import { Store } from '../../lib/dist/pipeline/store';
import { runStages } from '../../lib/dist/pipeline/runner';
import { folders } from '../../lib/dist/project';
import { pattern } from '../pattern';
import { freshFolder } from '../support/folders';

const TINY = [
  'language.layers=2',
  'language.hidden=8',
  'language.heads=2',
  'language.vocabulary=400',
  'language.sentences=64',
  'input.maxTokens=48',
  'pretrain.batch=128',
];
const tiny = profile('smoke', TINY);

let folder: string;
let store: Store;
beforeAll(async () => {
  folder = freshFolder();
  store = new Store(join(folder, 'store'));
  await release(tiny, { store, folder: join(folder, 'models'), workers: 2 });
}, 120_000);

const models = (): string => join(folder, 'models');
const copy = (): string => {
  const to = freshFolder();
  cpSync(models(), to, { recursive: true });
  return to;
};
const message = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    expect((error as Error).name).toBe('InputError');
    return (error as Error).message;
  }
  throw new Error('expected an error');
};

describe('what the command gives', () => {
  it('is what the stages left, rounded to bfloat16', async () => {
    for (const [name, node] of releaseNodes(tiny)) {
      const { arrays } = store.read(node)!;
      const { tensors } = await readSafetensors(join(models(), `${name}.safetensors`));
      // Word embeddings that pre-training does not touch are in LF's file alone.
      const missing = Object.keys(arrays).filter((tensor) => !(tensor in tensors));
      expect(missing).toEqual(name === 'LF' ? [] : ['model/embeddings/words']);
      if (name !== 'LF')
        expect(arrays['model/embeddings/words']).toEqual(
          store.read(releaseNodes(tiny).get('LF')!)!.arrays['model/embeddings/words'],
        );
      for (const [tensor, { data }] of Object.entries(tensors)) {
        for (const [i, value] of [...data].entries()) {
          const exact = arrays[tensor].data[i];
          // Half a unit in the last of 8 binary digits.
          if (!(Math.abs(value - exact) <= Math.abs(exact) * 2 ** -8))
            throw new Error(`${name}, ${tensor}[${i}]: ${value} for ${exact}`);
        }
      }
    }
  });

  it('has the same bytes when it is trained again', async () => {
    const again = freshFolder();
    await release(tiny, {
      store: new Store(join(again, 'store')),
      folder: again,
      only: ['LF', 'PT-10'],
      workers: 2,
    });
    for (const name of ['LF', 'PT-10'])
      expect(readManifest(join(again, MANIFEST))[name].sha256).toBe(
        readManifest(join(models(), MANIFEST))[name].sha256,
      );
  }, 60_000);

  it('is loaded as the stage left it', async () => {
    const node = releaseNodes(tiny).get('PT')!;
    const entry = releasedModel('PT', node, models());
    const tokenizer = store.read(experiment(tiny).tokenizer())!;
    const context = {
      threads: 1,
      signal: new AbortController().signal,
      sources: { models: models() },
      checkpoint: () => ({}),
      progress: () => undefined,
    } as never;
    const { json, arrays } = await run({ ...entry } as never, { tokenizer }, context);
    expect(json).toEqual(store.read(node)!.json);
    expect(Object.keys(arrays).sort()).toEqual(Object.keys(store.read(node)!.arrays).sort());
    await expect(run({ ...entry, tokenizer: 'another' } as never, { tokenizer }, context)).rejects.toThrow(
      /released model PT: expected the tokenizer that it was trained with[^]*elephant release --only PT/,
    );
  });
});

describe('a model that is wrong', () => {
  const scratch = () => releaseNodes(tiny).get('PT-20')!;

  it('is refused by name, with the command that makes it again', () => {
    const cut = copy();
    truncateSync(join(cut, 'PT-20.safetensors'), 1000);
    expect(message(() => releasedModel('PT-20', scratch(), cut))).toMatch(
      /PT-20.safetensors: expected the file that the manifest describes[^]*elephant release --only PT-20/,
    );

    const missing = copy();
    rmSync(join(missing, 'PT-20.safetensors'));
    expect(message(() => releasedModel('PT-20', scratch(), missing))).toMatch(
      /expected a released language model, found no file[^]*language.from=scratch/,
    );

    const other = copy();
    copyFileSync(join(other, 'PT.safetensors'), join(other, 'PT-20.safetensors'));
    expect(message(() => releasedModel('PT-20', scratch(), other))).toMatch(/got other or fewer bytes/);
  });

  it('is refused if the setting differs from the one it was trained with', () => {
    const changed = releaseNodes(profile('smoke', [...TINY, 'pretrain.learningRate=0.5'])).get('PT-20')!;
    expect(message(() => releasedModel('PT-20', changed, models()))).toMatch(
      pattern(
        /released model PT-20: was trained with config.learningRate 0.001, /,
        /where this setting has 0.5[^]*language.from=scratch/,
      ),
    );
  });

  it('in a manifest that is not whole names the manifest', () => {
    const broken = copy();
    writeFileSync(join(broken, MANIFEST), readFileSync(join(broken, MANIFEST), 'utf8').slice(0, 100));
    expect(message(() => releasedModel('PT', scratch(), broken))).toMatch(
      /models.json: expected the list of released language models/,
    );
    writeFileSync(
      join(broken, MANIFEST),
      JSON.stringify({ PT: { file: '../elsewhere', sha256: 'x', kind: 'pretrain', tokenizer: 'y' } }),
    );
    expect(message(() => releasedModel('PT', scratch(), broken))).toMatch(
      /PT: expected file \(a plain name\)/,
    );
    writeFileSync(join(broken, MANIFEST), '{}');
    expect(message(() => releasedModel('PT', scratch(), broken))).toMatch(
      /expected a released model "PT", found none/,
    );
  });
});

describe('the models of this project', () => {
  it('are those that mini asks for', () => {
    const mini = experiment(profile('mini'));
    expect(mini.lf().kind.name).toBe('releasedModel');
    for (const fraction of [1, 0.5, 0.2, 0.1])
      expect(mini.pt({ fraction }).kind.name, String(fraction)).toBe('releasedModel');
    expect(mini.pt({ fraction: 0.01 }).kind.name).toBe('pretrain');
    expect(mini.pt({ tuned: [3] }).kind.name).toBe('pretrain');
    expect(message(() => experiment(profile('mini', ['pretrain.epochs=1'])).pt())).toMatch(
      /released model PT: was trained with config.epochs/,
    );
  });

  it('were trained on the data and the words that the shop has today', async () => {
    const manifest = readManifest(join(folders.models, MANIFEST));
    for (const domain of pretrainingDomains)
      expect(simulateDomain(domain).fingerprint, domain).toBe(manifest.PT.datasets[domain]);
    const words = new Store(join(folder, 'words'));
    const node = experiment(profile('mini')).tokenizer();
    await runStages([node], { store: words, workers: 2 });
    const { fingerprint } = await storedTokenizer(words.read(node)!);
    for (const [name, { tokenizer }] of Object.entries(manifest)) expect(tokenizer, name).toBe(fingerprint);
  }, 60_000);
});
