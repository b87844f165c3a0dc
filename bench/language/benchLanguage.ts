/**
 * `bench language`: encoding item texts and one MLM training step beside Hugging Face transformers on
 * PyTorch, same weights or sizes, same sequences, in turns within one run; beside that, what tuning one layer
 * saves. Measures only.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createEngine, type Engine } from '../../lib/src/engine';
import type { ProviderName, State } from '../../lib/src/engine/types';
import { InputError } from '../../lib/src/errors';
import { adamW, clipByGlobalNorm } from '../../lib/src/engine/optimizers';
import { type EncoderConfig, RECFORMER_BASE } from '../../lib/src/models/encoder/config';
import type { EncoderSequence } from '../../lib/src/models/encoder/packing';
import { initialEncoder, initialLanguageHead } from '../../lib/src/models/encoder/parameters';
import { SequenceEncoder, type SequenceEncoderOptions } from '../../lib/src/models/encoder/sequenceEncoder';
import { loadModel } from '../../lib/src/models/published';
import { createRandom } from '../../lib/src/random';
import { loadTokenizer } from '../../lib/src/text/tokenizer';
import { labelFeeds, labelPlaces, type MaskedSide } from '../../lib/src/training/language/labelFeeds';
import { packedShapes } from '../../lib/src/training/language/packedShapes';
import { PackedSteps } from '../../lib/src/training/language/packedSteps';
import { pretrainingProgram } from '../../lib/src/training/language/pretrainingProgram';
import { tunedWeights } from '../../lib/src/training/language/tunedLayers';
import { median } from '../median';
import { peerEnvironment } from '../options';
import { PythonPeer } from '../pythonPeer';

export interface LanguageBenchRow {
  shape: string;
  oursMs: number;
  peer: string;
  peerMs?: number;
  /** Peer's time by ours: above 1, ours is faster. */
  speedup?: number;
  /** Items or real tokens per second, ours. */
  perSecond: number;
  /** Items encoded, or sequences of the step. */
  sequences: number;
}

export interface LanguageBenchOptions {
  /** Folder of a sentence encoder such as MiniLM; its two rows are left out if absent. */
  model?: string;
  /** Titles to encode. */
  texts: readonly string[];
  /** A Python with torch and transformers; without it only ours are measured. */
  python?: string;
  threads?: number;
  /** Where ours computes; "cpu" by default. */
  provider?: ProviderName;
  /**
   * "quick": fewer items and turns, some minutes in all, larger noise. "tiny": a model of one layer and width
   * 16 alone, to see that it runs.
   */
  size?: BenchSize;
  signal?: AbortSignal;
  onProgress?: (line: string) => void;
}

/** A Longformer of MiniLM's size, weights random. */
const SMALL: EncoderConfig = {
  attention: 'window',
  layers: 6,
  heads: 12,
  hidden: 384,
  intermediate: 1536,
  vocabulary: 30522,
  positions: 514,
  positionOffset: 2,
  tokenTypes: 1,
  itemPositions: 0,
  window: 64,
  normEps: 1e-5,
  hiddenDropout: 0.1,
  attentionDropout: 0.1,
  initializerStd: 0.02,
};

/** At the size of the paper (method 4.1), item positions left out, since the peer has none. */
const BASE: EncoderConfig = { ...RECFORMER_BASE, tokenTypes: 1, itemPositions: 0 };

const TINY: EncoderConfig = { ...SMALL, layers: 1, heads: 1, hidden: 16, intermediate: 32, vocabulary: 300 };

const SCRIPT = join(__dirname, 'language_transformers.py');

/** Items encoded per turn by each model, turns, and training steps timed. */
const SIZES = {
  full: { MiniLM: 2000, small: 2000, base: 200, turns: 3, steps: 7 },
  quick: { MiniLM: 384, small: 256, base: 40, turns: 1, steps: 3 },
  tiny: { MiniLM: 4, small: 4, base: 0, turns: 1, steps: 1 },
} as const;
type BenchSize = keyof typeof SIZES;

/** @throws InputError without texts; the signal's reason when aborted, between two rows. */
export async function benchLanguage({
  model,
  texts,
  python,
  threads = availableParallelism(),
  provider,
  size = 'full',
  signal,
  onProgress,
}: LanguageBenchOptions): Promise<LanguageBenchRow[]> {
  if (texts.length === 0) throw new InputError('bench', 'expected texts to encode, got none');
  const engine = await createEngine({ provider, threads });
  const env = peerEnvironment(provider ?? 'cpu');
  const peer = python === undefined ? undefined : new PythonPeer(SCRIPT, python, { env });
  const rows: LanguageBenchRow[] = [];
  const add = (added: readonly LanguageBenchRow[]): void => {
    for (const row of added) {
      rows.push(row);
      onProgress?.(line(row));
    }
    signal?.throwIfAborted();
  };
  const bench: Bench = { engine, peer, threads, texts, size, add };
  try {
    if (model !== undefined) await benchSentenceEncoder(model, bench);
    for (const longformer of longformers(size)) await benchLongformer(longformer, bench);
    return rows;
  } finally {
    peer?.stop();
    await engine.dispose();
  }
}

interface Bench {
  engine: Engine;
  peer: PythonPeer | undefined;
  threads: number;
  texts: readonly string[];
  size: BenchSize;
  add: (rows: readonly LanguageBenchRow[]) => void;
}

function line({ shape, oursMs, peer, peerMs, speedup }: LanguageBenchRow): string {
  const ours = `${shape}: ours ${oursMs.toFixed(0)} ms`;
  return peerMs === undefined
    ? ours
    : `${ours}, ${peer} ${peerMs.toFixed(0)} ms, ratio ${speedup!.toFixed(2)}`;
}

/** Its weights from `folder`, and the titles as they are. */
async function benchSentenceEncoder(
  folder: string,
  { engine, peer, threads, texts, size, add }: Bench,
): Promise<void> {
  const { MiniLM, turns } = SIZES[size];
  const { model } = await loadModel(folder);
  const tokenizer = await loadTokenizer(folder);
  const { cls, sep } = tokenizer.special;
  const sequences = texts
    .slice(0, MiniLM)
    .map((text) => ({ tokens: Int32Array.from([cls, ...tokenizer.encode(text).slice(0, 126), sep]) }));
  await peer?.ask({ do: 'open', kind: 'encoder', model: folder, threads });
  const state = engine.createState(model.weights);
  add(await encodeRows('MiniLM', engine, state, model, sequences, peer, turns));
  state.dispose();
}

interface Longformer {
  name: string;
  config: EncoderConfig;
  /** Items encoded. */
  titles: number;
  /** Whether a training step is measured as well. */
  trains: boolean;
  /** Tokens of the shortest sequence of that step; the longest has twice as many. */
  shortest: number;
}

function longformers(size: BenchSize): readonly Longformer[] {
  const { small, base } = SIZES[size];
  if (size === 'tiny')
    return [{ name: 'tiny Longformer', config: TINY, titles: small, trains: true, shortest: 8 }];
  return [
    { name: 'small Longformer', config: SMALL, titles: small, trains: true, shortest: 100 },
    { name: 'Longformer of base size', config: BASE, titles: base, trains: false, shortest: 100 },
  ];
}

/** Random weights, and random tokens as long as the titles. */
async function benchLongformer(
  { name, config, titles, trains, shortest }: Longformer,
  { engine, peer, threads, texts, size, add }: Bench,
): Promise<void> {
  const { turns, steps } = SIZES[size];
  const random = createRandom(1);
  await peer?.ask({ do: 'open', kind: 'longformer', size: config, threads });
  const drawn = (length: number): EncoderSequence => ({
    tokens: Int32Array.from({ length }, (_, i) => (i === 0 ? 0 : 5 + random.integer(config.vocabulary - 5))),
  });
  const state = engine.createState({
    ...initialEncoder(config, random),
    ...(trains ? initialLanguageHead(config, random) : {}),
  });
  const items = texts.slice(0, titles).map((text) => drawn(Math.min(126, 6 + Math.ceil(text.length / 4))));
  add(await encodeRows(name, engine, state, { config, padToken: 1 }, items, peer, turns));
  if (trains) {
    const sequences = Array.from({ length: 8 }, () => drawn(shortest + random.integer(shortest + 1)));
    add(await trainingRows(name, engine, state, config, sequences, peer, steps));
  }
  state.dispose();
}

type EncoderModel = { config: EncoderConfig } & SequenceEncoderOptions;

async function encodeRows(
  name: string,
  engine: Engine,
  state: State,
  model: EncoderModel,
  sequences: readonly EncoderSequence[],
  peer: PythonPeer | undefined,
  turns: number,
): Promise<LanguageBenchRow[]> {
  const encoder = new SequenceEncoder(engine, state, model.config, model);
  await encoder.encode(sequences.slice(0, Math.max(32, Math.ceil(sequences.length / 8)))); // compiles
  const ours: number[] = [];
  const theirs: Record<'padded' | 'sorted', number[]> = { padded: [], sorted: [] };
  await peer?.ask({
    do: 'encode',
    sequences: sequences.slice(0, 32).map((s) => [...s.tokens]),
    batch: 32,
    sorted: true,
  });
  for (let r = 0; r < turns; r++) {
    const start = performance.now();
    await encoder.encode(sequences);
    ours.push(performance.now() - start);
    for (const way of ['padded', 'sorted'] as const) {
      const answer = await peer?.ask<PeerAnswer>({
        do: 'encode',
        sequences: sequences.map((s) => [...s.tokens]),
        batch: 32,
        sorted: way === 'sorted',
      });
      if (answer) theirs[way].push(1000 * answer.seconds[0]);
    }
  }
  await encoder.dispose();
  const oursMs = median(ours);
  // Without a peer one row says all.
  return (peer === undefined ? (['sorted'] as const) : (['padded', 'sorted'] as const)).map((way) => {
    const peerMs = theirs[way].length > 0 ? median(theirs[way]) : undefined;
    return {
      shape: `encode ${sequences.length} items, ${name}`,
      oursMs,
      peer: `transformers, batches of 32, ${way === 'sorted' ? 'sorted by length' : 'as they come'}`,
      peerMs,
      speedup: peerMs === undefined ? undefined : peerMs / oursMs,
      perSecond: (1000 * sequences.length) / oursMs,
      sequences: sequences.length,
    };
  });
}

interface OpenedStep {
  step(): Promise<unknown>;
  close(): Promise<void>;
}

/** A step of masked-language training on `sequences` that changes the weights that `trainable` names. */
function maskedStep(
  engine: Engine,
  state: State,
  config: EncoderConfig,
  sequences: EncoderSequence[],
  masked: MaskedSide['sequences'],
  trainable: (name: string) => boolean,
): OpenedStep {
  const lengths = sequences.map((s) => s.tokens.length);
  const steps = new PackedSteps({
    engine,
    state,
    config,
    padToken: 1,
    shapes: packedShapes(config, [lengths], Math.max(...lengths)),
    program: (shape) =>
      pretrainingProgram(
        config,
        { ...shape, labels: labelPlaces(shape, 1, 8), pairs: 0 },
        { optimizer: clipByGlobalNorm(adamW({ learningRate: 1e-4 }), 1), trainable },
      ),
  });
  const step = (): Promise<unknown> =>
    steps.run(sequences, (batch, shape) =>
      labelFeeds(labelPlaces(shape, 1, 8), batch, [{ weight: 1, sequences: masked }]),
    );
  return { step, close: () => steps.dispose() };
}

/** One MLM step beside the peer's, and what stopping below the lowest tuned layer saves. */
async function trainingRows(
  modelName: string,
  engine: Engine,
  state: State,
  config: EncoderConfig,
  sequences: EncoderSequence[],
  peer: PythonPeer | undefined,
  repeats: number,
): Promise<LanguageBenchRow[]> {
  const positions = sequences.map(({ tokens }) =>
    Array.from({ length: Math.round(0.15 * tokens.length) }, (_, i) => 1 + 6 * i),
  );
  const masked = sequences.map(({ tokens }, index) => ({
    index,
    masked: { tokens, positions: positions[index], labels: positions[index].map((p) => tokens[p]) },
  }));
  const tokens = sequences.reduce((sum, s) => sum + s.tokens.length, 0);
  const opened = (trainable: (name: string) => boolean): OpenedStep =>
    maskedStep(engine, state, config, sequences, masked, trainable);
  const { step, close } = opened(() => true);
  const last = opened(tunedWeights([config.layers - 1], config.layers, { freezeWords: true }));
  await step();
  await last.step();
  const request = { do: 'mlm', sequences: sequences.map((s) => [...s.tokens]), positions };
  await peer?.ask({ ...request, repeats: 1 });
  const [ours, lastOnly, theirs]: number[][] = [[], [], []];
  const timed = async (run: () => Promise<unknown>): Promise<number> => {
    const start = performance.now();
    await run();
    return performance.now() - start;
  };
  for (let r = 0; r < repeats; r++) {
    ours.push(await timed(step));
    lastOnly.push(await timed(last.step));
    const answer = await peer?.ask<PeerAnswer>({ ...request, repeats: 1 });
    if (answer) theirs.push(1000 * answer.seconds[0]);
  }
  await close();
  await last.close();
  const shape = `MLM step, ${modelName}, 8 sequences of ${Math.round(tokens / 8)} tokens on average`;
  const row = (
    name: string,
    mine: readonly number[],
    other: string,
    otherMs: number | undefined,
  ): LanguageBenchRow => ({
    shape: name,
    oursMs: median(mine),
    peer: other,
    peerMs: otherMs,
    speedup: otherMs === undefined ? undefined : otherMs / median(mine),
    perSecond: (1000 * tokens) / median(mine),
    sequences: sequences.length,
  });
  return [
    row(
      shape,
      ours,
      'transformers, head on masked tokens only',
      theirs.length > 0 ? median(theirs) : undefined,
    ),
    row(`${shape}, last layer and head tuned`, lastOnly, 'ours, everything tuned', median(ours)),
  ];
}

/** To a request that is timed. */
interface PeerAnswer {
  seconds: number[];
}
