/**
 * The preset "adapted": settings that suit the data. The authors' settings were made for a few Amazon
 * domains.
 *
 * The schedule is counted in updates, not in passes over the users. An epoch has at least `UPDATES.epoch`
 * updates, however few users there are, and patience and the longest training follow from it. The values were
 * chosen by validation on the made-up shops of bench/defaults; bench/README.md has the results.
 */
import { type Dataset, history, target } from '../../../data';
import type { ModelName } from '../models';
import type { GivenOptions, RecommenderOptions } from '../options';
import { trainingWindows } from '../trainingWindows';
import { trainableUsers } from '../userBatches';

/** Fewest updates of an epoch, of patience, and of the longest training. */
const UPDATES = { epoch: 50, patience: 500, training: 10_000 };
/** Fewest epochs of patience and of the longest training, however long an epoch is. */
const EPOCHS = { patience: 5, training: 30 };
/** Approximate positions per update. SASRec has a label at each, BERT4Rec at one in seven. */
const POSITIONS: Record<ModelName, number> = { sasrec: 512, bert4rec: 2048 };
const BATCH = { least: 16, most: 256 };
/**
 * Up to this many items the softmax covers all of them; beyond, drawn ones. The scores of `POSITIONS.sasrec`
 * positions take 200 MB here, and as much again for their gradient.
 */
const MOST_CLASSES = 100_000;
/**
 * Up to this many interactions, item vectors start from neighbours. Counting those takes memory, and with
 * more events random vectors do as well.
 */
const MOST_COUNTED = 5_000_000;
/**
 * If at least this share of users comes back to an item, rankings keep the history in. Masking it, as
 * recommend does by default, would hide what is to be learnt.
 */
const REPEATING = 0.1;

const BY_MODEL: Record<ModelName, (dataset: Dataset) => Partial<RecommenderOptions>> = {
  sasrec: ({ interactions, items }) => ({
    // From the vectors of neighbourTable, unless the caller has a table.
    variant: interactions <= MOST_COUNTED ? 'trainable' : 'base',
    loss: items <= MOST_CLASSES ? 'ce' : 'sampled',
    padding: 'masked',
    dropout: 0.3,
    learningRate: 2e-3,
  }),
  bert4rec: () => ({ output: 'tied', dropout: 0.2, learningRate: 1e-3 }),
};

/**
 * What suits `dataset` and the settings that are `given`. An epoch is then `passes` passes over the users'
 * windows. @throws InputError for data without anything to train on.
 */
export function adaptedOptions(dataset: Dataset, given: GivenOptions): Partial<RecommenderOptions> {
  return {
    dim: 64,
    windows: 'all',
    selection: boughtAgain(dataset) > REPEATING ? 'full' : 'fullMasked',
    userSampling: 'shuffled',
    dropLastBatch: false,
    ...BY_MODEL[given.model](dataset),
    ...schedule(dataset, { maxLength: 50, windows: 'all', ...given }),
  };
}

/** Share of evaluated users whose validation item is already in their history. */
function boughtAgain(dataset: Dataset): number {
  const again = dataset.evaluationUsers.filter((row) =>
    history(dataset, row, 'validation').includes(target(dataset, row, 'validation')),
  );
  return again.length / Math.max(1, dataset.evaluationUsers.length);
}

/** Batch, passes, epochs and patience for these windows. */
function schedule(
  dataset: Dataset,
  given: GivenOptions & Pick<RecommenderOptions, 'maxLength' | 'windows'>,
): Pick<RecommenderOptions, 'batch' | 'passes' | 'epochs' | 'patience'> {
  const data = given.windows === 'all' ? trainingWindows(dataset, given.maxLength) : dataset;
  const rows = trainableUsers(data, 2);
  const lengths = Array.from(rows, (row) =>
    Math.min(given.maxLength, data.offsets[row + 1] - data.offsets[row] - 3),
  );
  const mean = lengths.reduce((sum, length) => sum + Math.max(1, length), 0) / lengths.length;
  const fitting = 2 ** Math.round(Math.log2(POSITIONS[given.model] / mean));
  const batch = given.batch ?? Math.min(BATCH.most, Math.max(BATCH.least, fitting));
  const perPass = Math.ceil(rows.length / batch);
  const passes = given.passes ?? Math.max(1, Math.ceil(UPDATES.epoch / perPass));
  const perEpoch = passes * perPass;
  return {
    batch,
    passes,
    epochs: given.epochs ?? Math.max(EPOCHS.training, Math.ceil(UPDATES.training / perEpoch)),
    patience: given.patience ?? Math.max(EPOCHS.patience, Math.ceil(UPDATES.patience / perEpoch)),
  };
}
