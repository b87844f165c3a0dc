/**
 * How fast this machine is, measured in a few seconds with the programs that the stages run: a small encoder
 * of the profile's width, forward only, and a short SASRec. Kept beside the store; measured again if the
 * profile's widths, the engine or the processor change. For estimates only.
 */
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { simulateDomain } from '../../data/simulation';
import { createEngine } from '../../engine/engine';
import { initialEncoder } from '../../models/encoder/parameters';
import { SequenceEncoder } from '../../models/encoder/sequenceEncoder';
import { packageVersion } from '../../project';
import { createRandom } from '../../random';
import { trainRecommender } from '../../training/recommender';
import { writeFileAtomic } from '../../writeAside';
import { contentKey } from '../../pipeline/contentKey';
import type { Profile } from '../profiles';
import { encoderOf } from './encoderOf';
import { recommenderWork } from './recommenderWork';

export interface Calibration {
  /** A token forward through one layer, on one thread. */
  readonly tokenSeconds: number;
  /** Effort (work.ts) of one SASRec thread in a second. */
  readonly effortPerSecond: number;
  /** A run of a recommender without its epochs. */
  readonly runSeconds: number;
}

const LAYERS = 4;
/**
 * Epochs of a recommender that are timed, after `warm` ones: the first are twice as slow. A wide one has
 * longer epochs, whose times vary less.
 */
function timedEpochs(hidden: number): { warm: number; epochs: number } {
  const share = Math.min(1, 64 / hidden);
  return { warm: Math.max(2, Math.round(10 * share)), epochs: Math.max(4, Math.round(30 * share)) };
}
/** A device on which one epoch takes longer than this is timed with the fewest epochs. */
const SLOW_SECONDS = 10;
const FEWEST_EPOCHS = { warm: 1, epochs: 2 };
const FILE = 'calibration.json';

/**
 * The calibration of this machine for this profile: from `folder` if it has one, else measured and kept
 * there. @throws the signal's reason when aborted.
 */
export async function calibration(
  profile: Profile,
  folder: string,
  signal?: AbortSignal,
): Promise<Calibration> {
  const { hidden, heads, window } = profile.language;
  const key = contentKey({
    ...timedEpochs(hidden),
    hidden,
    heads,
    window,
    batch: profile.recommender.batch.SASRec,
    cpu: cpus()[0]?.model ?? '',
    engine: packageVersion('onnxruntime-node') ?? '',
    ...(profile.device && { provider: profile.device.provider, device: profile.device.name }),
    ...(profile.precision && { precision: profile.precision }),
  });
  const path = join(folder, FILE);
  let all: Record<string, Calibration> = {};
  try {
    all = JSON.parse(readFileSync(path, 'utf8')) as Record<string, Calibration>;
  } catch {
    // None yet, or not readable: measured now.
  }
  if (all[key] !== undefined) return all[key];
  const measured = { ...(await encoderSpeed(profile, signal)), ...(await recommenderSpeed(profile, signal)) };
  try {
    writeFileAtomic(path, `${JSON.stringify({ ...all, [key]: measured }, null, 1)}\n`);
  } catch {
    // A store that cannot be written is complained of by the run; a plan can do without.
  }
  return measured;
}

async function encoderSpeed(
  profile: Profile,
  signal: AbortSignal | undefined,
): Promise<Pick<Calibration, 'tokenSeconds'>> {
  const config = { ...encoderOf(profile), layers: LAYERS, vocabulary: 300, positions: 130 };
  const engine = await createEngine({ provider: profile.device?.provider, threads: 1 });
  const state = engine.createState(initialEncoder(config, createRandom(1)));
  const encoder = new SequenceEncoder(engine, state, config, { padToken: 1 });
  const length = 64;
  const sequences = Array.from({ length: 32 }, () => ({
    tokens: new Int32Array(length).fill(5),
    types: new Int32Array(length),
    itemPositions: new Int32Array(length),
  }));
  try {
    const encode = async (): Promise<void> => {
      signal?.throwIfAborted();
      await encoder.encode(sequences);
    };
    await encode();
    return { tokenSeconds: (await best(3, encode)) / (sequences.length * length) / LAYERS };
  } finally {
    await encoder.dispose();
    state.dispose();
    await engine.dispose();
  }
}

async function recommenderSpeed(
  { device, precision, language: { hidden }, recommender }: Profile,
  signal: AbortSignal | undefined,
): Promise<Pick<Calibration, 'effortPerSecond' | 'runSeconds'>> {
  const batch = Math.min(recommender.batch.SASRec, 64);
  const dataset = simulateDomain('Pantry');
  const timed = async (epochs: number): Promise<number> => {
    const start = performance.now();
    await trainRecommender({
      dataset,
      model: 'sasrec',
      dim: hidden,
      epochs,
      patience: epochs,
      batch,
      signal,
      provider: device?.provider,
      precision,
      threads: 1,
    });
    return (performance.now() - start) / 1000;
  };
  const first = await timed(1); // Loads and compiles what all later runs share.
  const { warm, epochs } = first > SLOW_SECONDS ? FEWEST_EPOCHS : timedEpochs(hidden);
  const [short, long] = [await timed(warm), await timed(warm + epochs)];
  const perEpoch = Math.max(1e-3, (long - short) / epochs);
  const sizes = {
    users: dataset.users,
    items: dataset.items,
    meanLength: dataset.interactions / dataset.users,
    evaluated: dataset.evaluationUsers.length,
  };
  const { sequential } = recommenderWork(
    {
      model: 'sasrec',
      loss: 'bce',
      variant: 'trainable',
      selection: 'sampled',
      dim: hidden,
      epochs: 1,
      patience: 1,
      batch,
      passes: 1,
      learningRates: [1],
      seed: 1,
    },
    sizes,
  );
  return {
    effortPerSecond: (sequential as { effort: number }).effort / perEpoch,
    runSeconds: Math.max(0.05, short - warm * perEpoch),
  };
}

async function best(times: number, run: () => Promise<unknown>): Promise<number> {
  let least = Infinity;
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    await run();
    least = Math.min(least, (performance.now() - start) / 1000);
  }
  return least;
}
