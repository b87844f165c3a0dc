/**
 * `elephant bench language`: encoding item texts and one MLM training step beside Hugging Face transformers on PyTorch, same
 * weights or sizes, same sequences, in turns within one run. Measures only; goals stand in the README.
 */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createEngine, type Engine } from '../../engine';
import { adamW, clipByGlobalNorm } from '../../engine/optimizers';
import type { EncoderConfig } from '../../models/encoder/config';
import type { EncoderSequence } from '../../models/encoder/packing';
import { initialEncoder, initialLanguageHead } from '../../models/encoder/parameters';
import { SequenceEncoder } from '../../models/encoder/sequenceEncoder';
import { loadModel } from '../../models/longformer';
import { pretrainingProgram } from '../../models/recformer/pretrainingProgram';
import { projectRoot } from '../../project';
import { createRandom } from '../../random';
import { loadTokenizer } from '../../text/tokenizer';
import { labelFeeds, labelPlaces } from './labelFeeds';
import { PackedSteps } from './packedSteps';

export interface LanguageBenchRow {
  shape: string;
  oursMs: number;
  peer: string;
  peerMs?: number;
  /** Peer's time by ours: above 1, ours is faster. */
  speedup?: number;
  /** Items or real tokens per second, ours. */
  perSecond: number;
}

export interface LanguageBenchOptions {
  /** Folder of a sentence encoder such as MiniLM; its two rows are left out where absent. */
  model?: string;
  /** Titles to encode. */
  texts: readonly string[];
  /** A Python with torch and transformers; without it only ours are measured. */
  python?: string;
  threads?: number;
  repeats?: number;
  onProgress?: (line: string) => void;
}

/** A Longformer of MiniLM's size, weights random. */
const SMALL: EncoderConfig = {
  attention: 'window', layers: 6, heads: 12, hidden: 384, intermediate: 1536, vocabulary: 30522, positions: 514, positionOffset: 2, tokenTypes: 1,
  itemPositions: 0, window: 64, normEps: 1e-5, hiddenDropout: 0.1, attentionDropout: 0.1, initializerStd: 0.02,
};

export async function benchLanguage({ model, texts, python, threads = availableParallelism(), repeats = 7, onProgress }: LanguageBenchOptions): Promise<LanguageBenchRow[]> {
  const engine = await createEngine({ threads });
  const peer = python === undefined ? undefined : new Peer(python);
  const rows: LanguageBenchRow[] = [];
  const add = (row: LanguageBenchRow): void => {
    rows.push(row);
    onProgress?.(`${row.shape}: ours ${row.oursMs.toFixed(0)} ms${row.peerMs === undefined ? '' : `, ${row.peer} ${row.peerMs.toFixed(0)} ms`}`);
  };
  try {
    if (model !== undefined) {
      const { model: loaded } = await loadModel(model);
      const tokenizer = await loadTokenizer(model);
      const { cls, sep } = tokenizer.special;
      const sequences = texts.map((text) => ({ tokens: Int32Array.from([cls, ...tokenizer.encode(text).slice(0, 126), sep]) }));
      const state = engine.createState(loaded.weights);
      const encoder = new SequenceEncoder(engine, state, loaded.config, loaded);
      await peer?.ask({ do: 'open', kind: 'encoder', model, threads });
      for (const row of await encodeRows('MiniLM', encoder, sequences, peer)) add(row);
      await encoder.dispose();
      state.dispose();
    }
    const random = createRandom(1);
    const weights = { ...initialEncoder(SMALL, random), ...initialLanguageHead(SMALL, random) };
    const size = { ...SMALL };
    await peer?.ask({ do: 'open', kind: 'longformer', size, threads });
    const lengthOf = (text: string): number => Math.min(126, 6 + Math.ceil(text.length / 4));
    const make = (length: number): EncoderSequence => ({ tokens: Int32Array.from({ length }, (_, i) => (i === 0 ? 0 : 5 + random.integer(SMALL.vocabulary - 5))) });
    const state = engine.createState(weights);
    const encoder = new SequenceEncoder(engine, state, SMALL, { padToken: 1 });
    for (const row of await encodeRows('small Longformer', encoder, texts.map((text) => make(lengthOf(text))), peer)) add(row);
    await encoder.dispose();
    add(await trainingRow(engine, state, Array.from({ length: 8 }, () => make(100 + random.integer(101))), peer, repeats));
    state.dispose();
    return rows;
  } finally {
    peer?.close();
    await engine.dispose();
  }
}

async function encodeRows(name: string, encoder: SequenceEncoder, sequences: readonly EncoderSequence[], peer: Peer | undefined): Promise<LanguageBenchRow[]> {
  await encoder.encode(sequences); // compiles
  const ours: number[] = [];
  const theirs: Record<'padded' | 'sorted', number[]> = { padded: [], sorted: [] };
  for (let r = 0; r < 3; r++) {
    const start = performance.now();
    await encoder.encode(sequences);
    ours.push(performance.now() - start);
    for (const way of ['padded', 'sorted'] as const) {
      const answer = await peer?.ask({ do: 'encode', sequences: sequences.map((s) => [...s.tokens]), batch: 32, sorted: way === 'sorted' });
      if (answer) theirs[way].push(1000 * answer.seconds![0]);
    }
  }
  const oursMs = median(ours);
  return (['padded', 'sorted'] as const).map((way) => {
    const peerMs = theirs[way].length > 0 ? median(theirs[way]) : undefined;
    return {
      shape: `encode ${sequences.length} items, ${name}`, oursMs, peer: `transformers, batches of 32, ${way === 'sorted' ? 'sorted by length' : 'as they come'}`,
      peerMs, speedup: peerMs === undefined ? undefined : peerMs / oursMs, perSecond: (1000 * sequences.length) / oursMs,
    };
  });
}

async function trainingRow(engine: Engine, state: ReturnType<Engine['createState']>, sequences: EncoderSequence[], peer: Peer | undefined, repeats: number): Promise<LanguageBenchRow> {
  const positions = sequences.map(({ tokens }) => Array.from({ length: Math.round(0.15 * tokens.length) }, (_, i) => 1 + 6 * i));
  const masked = sequences.map(({ tokens }, index) => ({ index, masked: { tokens, positions: positions[index], labels: positions[index].map((p) => tokens[p]) } }));
  const steps = new PackedSteps({
    engine, state, config: SMALL, padToken: 1, longest: Math.max(...sequences.map((s) => s.tokens.length)),
    program: (shape) => pretrainingProgram(SMALL, { ...shape, labels: labelPlaces(shape, 1, 8), pairs: 0 }, {
      optimizer: clipByGlobalNorm(adamW({ learningRate: 1e-4 }), 1), trainable: () => true,
    }),
  });
  const step = (): Promise<unknown> => steps.run(sequences, (batch, shape) => labelFeeds(labelPlaces(shape, 1, 8), batch, [{ weight: 1, sequences: masked }]));
  await step();
  const request = { do: 'mlm', sequences: sequences.map((s) => [...s.tokens]), positions };
  await peer?.ask({ ...request, repeats: 1 });
  const [ours, theirs]: number[][] = [[], []];
  for (let r = 0; r < repeats; r++) {
    const start = performance.now();
    await step();
    ours.push(performance.now() - start);
    const answer = await peer?.ask({ ...request, repeats: 1 });
    if (answer) theirs.push(1000 * answer.seconds![0]);
  }
  await steps.dispose();
  const tokens = sequences.reduce((sum, s) => sum + s.tokens.length, 0);
  const [oursMs, peerMs] = [median(ours), theirs.length > 0 ? median(theirs) : undefined];
  return {
    shape: `MLM step, small Longformer, 8 sequences of ${Math.round(tokens / 8)} tokens on average`, oursMs, peer: 'transformers, head on masked tokens only',
    peerMs, speedup: peerMs === undefined ? undefined : peerMs / oursMs, perSecond: (1000 * tokens) / oursMs,
  };
}

interface PeerAnswer {
  seconds?: number[];
}

/** The Python process: one request, one answer, in turn. */
class Peer {
  private readonly child;
  private readonly lines: AsyncIterator<string>;

  constructor(python: string) {
    this.child = spawn(python, [join(projectRoot, 'bench', 'language_transformers.py')], { stdio: ['pipe', 'pipe', 'ignore'] });
    this.child.on('error', () => undefined);
    this.lines = createInterface(this.child.stdout)[Symbol.asyncIterator]();
  }

  async ask(request: object): Promise<PeerAnswer> {
    this.child.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = (await this.lines.next()) as IteratorResult<string>;
    if (done) throw new Error('bench: the Python process ended; does it have torch and transformers?');
    return JSON.parse(value) as PeerAnswer;
  }

  close(): void {
    this.child.stdin.end();
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
