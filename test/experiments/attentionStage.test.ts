/** The stage behind Figure 1, on a domain whose users have too few items for it. */
import { expect, test } from 'vitest';
import { run } from '../../lib/src/experiments/stages/attention';
import { storeDataset } from '../../lib/src/experiments/stages/storedDataset';
import type { StageContext } from '../../lib/src/pipeline/stage';
import { smallDataset } from '../evaluation/smallDataset';

test('without a user with three items before the test item, the message says so', async () => {
  const dataset = storeDataset(smallDataset({ users: 6, items: 20, longest: 2 }));
  const config = { limits: {}, sequences: 3 };
  await expect(run(config, { dataset } as never, {} as StageContext)).rejects.toThrow(
    /^attention, \S+: expected an evaluation user with 3 items before the test item, got none of \d+\. Leave/,
  );
});
