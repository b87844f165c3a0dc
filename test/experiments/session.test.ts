/** What a session does where stored results are damaged. Runs the compiled library. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { experiment } from '../../lib/dist/experiments/experiment';
import { openProfile, type StoreSession } from '../../lib/dist/experiments/openProfile';
import { profile } from '../../lib/dist/experiments/profiles';
import { StoreAnswers } from '../../lib/dist/experiments/storeAnswers';
import { dataset } from '../../lib/dist/experiments/views';
import type { StageNode } from '../../lib/dist/pipeline/stage';
import { Store } from '../../lib/dist/pipeline/store';
import { freshFolder } from '../support/folders';

const store = new Store(join(freshFolder(), 'store'));
const SET = ['domains=["Arts","Pantry"]', 'language.sentences=200', 'language.vocabulary=300'];
const opened = (): StoreSession =>
  openProfile({ profile: 'smoke', set: SET, store: store.folder, workers: 2 });
const smoke = profile('smoke', SET);

function damage(...nodes: StageNode[]): void {
  for (const node of nodes) {
    const file = join(store.path(node), 'result.json');
    const bytes = readFileSync(file);
    bytes[bytes.length >> 1] ^= 1;
    writeFileSync(file, bytes);
  }
}

afterEach(() => vi.restoreAllMocks());

test.each<[string, StageNode[], (session: StoreSession) => Promise<unknown>]>([
  ['a view', ['Arts', 'Pantry'].map(experiment(smoke).dataset), (session) => session.provenance()],
  [
    'an example of the input',
    [experiment(smoke).dataset('Pantry'), experiment(smoke).tokenizer()],
    (session) => session.inputExample('Pantry'),
  ],
])('two damaged results of %s are both computed again', async (_, nodes, ask) => {
  const before = await ask(opened());
  damage(...nodes);
  const complaint = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  expect(await ask(opened())).toEqual(before);
  expect(complaint.mock.calls.join('').match(/is damaged/g)).toHaveLength(2);
});

test('a result that is gone after it was computed again is an error, not asked for without end', async () => {
  class Forgetful extends StoreAnswers {
    override async run(...args: Parameters<StoreAnswers['run']>): Promise<void> {
      await super.run(...args);
      for (const node of args[0]) rmSync(store.path(node), { recursive: true });
    }
  }
  await expect(new Forgetful(smoke, store, { workers: 2 }).get(dataset('Arts'))).rejects.toThrow(
    /Arts[^]*: not in the store/,
  );
});

test('a view shows progress only if it computes something, under its own name', async () => {
  const titles: string[] = [];
  const watched = (folder: string): StoreSession =>
    openProfile({
      profile: 'smoke',
      set: SET,
      store: folder,
      workers: 2,
      watch: (title, work) => {
        titles.push(title);
        return work(() => undefined, new AbortController().signal);
      },
    });
  const fresh = join(freshFolder(), 'store');
  const rows = await watched(fresh).itemRows('Arts');
  expect(titles).toEqual(['itemRows("Arts")']);
  expect(await watched(fresh).itemRows('Arts')).toEqual(rows);
  expect(titles).toHaveLength(1);
});
