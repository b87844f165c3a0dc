/** A profile on a user's own data: what it takes over from the profile, and what it refuses. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { domainSizes } from '../../lib/src/experiments/costs/domainSizes';
import { workOf } from '../../lib/src/experiments/costs/work';
import { checkFolders } from '../../lib/src/experiments/givenFolders';
import { openProfile, type OpenOptions } from '../../lib/src/experiments/openProfile';
import type { StageNode } from '../../lib/src/pipeline/stage';
import { resultsPath } from '../../lib/src/experiments/results/exportResults';
import { dataNote } from '../../lib/src/experiments/tables/dataNote';
import { freshFolder } from '../support/folders';

const folder = freshFolder();

function shop(name: string, { items = true } = {}): string {
  const place = join(folder, name);
  mkdirSync(place);
  writeFileSync(join(place, 'interactions.csv'), 'user,item,time\n1,a,1\n1,b,2\n1,c,3\n1,d,4\n');
  if (items) writeFileSync(join(place, 'items.csv'), 'item,title\na,A\nb,B\nc,C\nd,D\n');
  return place;
}

const open = (options: OpenOptions) =>
  openProfile({ profile: 'real', store: join(folder, 'store'), workers: 1, ...options });

describe('a profile on own data', () => {
  const interactions = shop('corner');

  test('evaluates them and pre-trains on them; --set stands above', () => {
    const { profile } = open({ interactions, set: ['pretrain.epochs=7'] });
    expect(profile).toMatchObject({
      domains: ['corner'],
      pretrainingDomains: ['corner'],
      withID: ['corner'],
      layerSets: { domain: 'corner' },
      pretrain: { epochs: 7 },
      recommender: { leastUpdates: 50 },
    });
    const mixed = open({ interactions, set: ['pretrainingDomains=["Beauty"]'] });
    expect(mixed.experiment.dataset('corner').kind.name).toBe('ownDataset');
    expect(mixed.experiment.dataset('Beauty').kind.name).toBe('amazonDataset');
  });

  test('has a key of its files and of how they are read, and no results file of the project', () => {
    const key = (options: OpenOptions): string => open(options).experiment.dataset('corner').key;
    expect(key({ interactions, reading: { minUserInteractions: 2 } })).not.toBe(key({ interactions }));
    const before = key({ interactions });
    writeFileSync(join(interactions, 'items.csv'), 'item,title\na,A\nb,B\nc,C\nd,other\n');
    expect(key({ interactions })).not.toBe(before);
    expect(resultsPath(open({ interactions }).profile)).toBeUndefined();
  });

  test('pre-training does not see the items that it is tested on', () => {
    expect(open({ interactions }).experiment.pt().config).toMatchObject({
      targets: 'out',
      evaluated: ['corner'],
    });
  });

  test('is planned by the size of its files', () => {
    const { profile, experiment } = open({ interactions });
    const work = (node: StageNode) =>
      workOf(
        node,
        profile,
        domainSizes(profile, () => undefined),
      )?.flop;
    const [recommender] = experiment.cell({ table: 'table3', domain: 'corner', column: 'SAS' })!;
    for (const node of [experiment.pt(), experiment.recformer('corner'), recommender])
      expect(work(node), node.label).toBeGreaterThan(0);
  });

  test('says whose data they are', () => {
    const named = (options: OpenOptions): string => dataNote(open(options).profile);
    expect(named({ interactions })).toContain('measured on your own data "corner", with');
    expect(named({ interactions, set: ['pretrainingDomains=["Beauty"]'] })).toContain(
      'your own data "corner" and Amazon reviews of Beauty, with',
    );
  });

  test.each<[string, () => unknown, RegExp]>([
    [
      'the embedded shop',
      () => open({ profile: 'mini', interactions }),
      /profile mini: uses the embedded data; --interactions is for profiles on files\. Choose --profile real/,
    ],
    [
      'items alone',
      () => open({ items: join(interactions, 'items.csv') }),
      /items: expected interactions as well/,
    ],
    [
      'options of reading alone',
      () => open({ reading: { separator: ';' } }),
      /reading: expected interactions as well/,
    ],
    [
      'files that are not there',
      () => open({ interactions: join(folder, 'nowhere') }),
      /nowhere: expected a readable file or folder/,
    ],
    [
      'a name that stages use',
      () => open({ interactions: shop('model') }),
      /expected another name than "model"[^]*Rename the folder/,
    ],
    [
      'data without texts',
      () => checkFolders(open({ interactions: shop('bare', { items: false }), model: folder }).profile),
      /bare: expected a file of items, whose texts the language model reads, got none/,
    ],
    [
      'no language model',
      () => checkFolders(open({ interactions }).profile),
      /needs a folder with a language model/,
    ],
    [
      'an Amazon domain without its folder',
      () => checkFolders(open({ interactions, set: ['pretrainingDomains=["Beauty"]'] }).profile),
      /needs a folder with Amazon review files, got none/,
    ],
  ])('refuses %s', (_, action, message) => {
    vi.stubEnv('ELEPHANT_DATA', '');
    vi.stubEnv('ELEPHANT_MODEL', '');
    try {
      expect(action).toThrow(message);
    } finally {
      vi.unstubAllEnvs();
    }
  });
});
