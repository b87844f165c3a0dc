/**
 * Encodes the items of a catalogue into a table on disk. Items are encoded in chunks, each sorted by length
 * and packed. Rows are written at once, so a killed run resumes where it stopped. A finished table is
 * reused only if it is whole and has the same weights, texts and tokenizer (D45).
 *
 * Only one process at a time may write a table. `elephant encode`, which is built on this, holds a lock.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { ItemText } from '../../data/types';
import { InputError } from '../../errors';
import { SafetensorsFile, SafetensorsRowWriter } from '../../engine/safetensors/safetensors';
import { writeFileAtomic } from '../../writeAside';
import type { Engine } from '../../engine/types';
import { itemTokensKey } from '../../text/itemTokens';
import type { Tokenizer } from '../../text/tokenizer';
import type { EncoderSequence } from '../encoder/packing';
import { SequenceEncoder } from '../encoder/sequenceEncoder';
import { modelFingerprint } from './modelFingerprint';
import { itemInputs, tokenLimit } from './itemSequences';
import type { LanguageModel } from '../languageModel';
import { itemKeysHash, itemKeysPath, readTableFile, TABLE_TENSOR } from './readItemTable';

/** How far an encoding is; `done` of `items`. */
export interface EncodeProgress {
  done: number;
  items: number;
  seconds: number;
  /** Seconds left of this run. */
  timeLeft: number;
}

/** Limits of the inputs, and what is written beside the table. */
export interface EncodeTableOptions {
  /** Most tokens of an item's input, including special ones; by default the model's own limit. */
  maxTokens?: number;
  /**
   * Original key of item id i at index i - 1. Written beside the table as a JSON array (itemKeysPath), so
   * that other programs know which row is which item. Their hash goes into the table's header, so that
   * readItemTable can tell the tables of two catalogues apart.
   */
  itemKeys?: readonly string[];
  /** Called after every batch. */
  onProgress?: (progress: EncodeProgress) => void;
  /** Called with notices for the user about files that already exist. */
  onNotice?: (line: string) => void;
  signal?: AbortSignal;
}

/** What was done to obtain the table. */
export interface EncodedTable {
  key: string;
  /** The table already existed. */
  reused: boolean;
  /** Items encoded now; fewer than all if an interrupted run was resumed. */
  encoded: number;
  seconds: number;
}

/**
 * Items between two writes to disk. Chunks always begin at multiples of this, so results do not depend on
 * interruptions.
 */
const CHUNK = 1024;

/** Hash of everything that the table depends on. */
function tableKey(
  model: LanguageModel,
  texts: readonly ItemText[],
  tokenizer: Tokenizer,
  maxTokens: number,
): string {
  const text = [maxTokens, model.lowerCase ?? false, model.prompt ?? ''];
  return createHash('sha256')
    .update(JSON.stringify(['item table 3', modelFingerprint(model), itemTokensKey(texts, tokenizer), text]))
    .digest('hex');
}

/** Where the rows of an unfinished table are. Each model and catalogue has its own file. */
function partPath(path: string, key: string): string {
  return `${path}.${key.slice(0, 8)}.part`;
}

/**
 * Encodes `texts` into an item table at `path` (safetensors, [items + 1, d], row 0 zero), or reuses the table
 * there. An interrupted run resumes. `elephant encode` is built on this.
 * @throws InputError, also if `path` is not an item table; the signal's reason when aborted.
 * @example
 * ```ts
 * import { readOwn } from 'elephant';
 * import { createEngine } from 'elephant/engine';
 * import { encodeTable, loadModel, loadTokenizer } from 'elephant/models';
 * const folder = 'data/models/sentence-transformers/all-MiniLM-L6-v2';
 * const [{ model }, tokenizer] = [await loadModel(folder), await loadTokenizer(folder)];
 * const { itemTexts, itemKeys } = await readOwn('examples/shop');
 * await encodeTable(await createEngine(), model, itemTexts, tokenizer, 'shop.safetensors', { itemKeys });
 * ```
 */
export async function encodeTable(
  engine: Engine,
  model: LanguageModel,
  texts: readonly ItemText[],
  tokenizer: Tokenizer,
  path: string,
  options: EncodeTableOptions = {},
): Promise<EncodedTable> {
  const { maxTokens, itemKeys, onNotice } = options;
  if (texts.length === 0) throw new InputError('encode', 'expected at least one item, got none');
  if (itemKeys !== undefined && itemKeys.length !== texts.length) {
    throw new InputError('encode', `expected the keys of ${texts.length} items, got ${itemKeys.length}`);
  }
  const key = tableKey(model, texts, tokenizer, tokenLimit(model, maxTokens));
  const metadata = { key, ...(itemKeys && { itemKeys: itemKeysHash(itemKeys) }) };
  if (await holds(path, metadata, onNotice)) {
    writeKeys(path, itemKeys);
    return { key, reused: true, encoded: 0, seconds: 0 };
  }
  const { sequences } = itemInputs(texts, tokenizer, model, maxTokens);
  const writer = await SafetensorsRowWriter.open(
    path,
    { name: TABLE_TENSOR, rows: texts.length + 1, width: model.config.hidden, metadata },
    partPath(path, key),
  );
  let finished = false;
  try {
    if (writer.discarded !== undefined)
      onNotice?.(`${writer.part}: the rows in it are ${writer.discarded}; they are computed again`);
    if (writer.rowsWritten > 1)
      onNotice?.(`${writer.part}: resumes after ${writer.rowsWritten - 1} of ${texts.length} items`);
    const { items: encoded, seconds } = await appendRows(engine, model, sequences, writer, options);
    writeKeys(path, itemKeys);
    await writer.finish();
    finished = true;
    return { key, reused: false, encoded, seconds };
  } finally {
    if (!finished) await writer.close();
  }
}

/** Encodes the items whose rows are not written yet, chunk by chunk. */
async function appendRows(
  engine: Engine,
  model: LanguageModel,
  sequences: readonly EncoderSequence[],
  writer: SafetensorsRowWriter,
  { onProgress, signal }: EncodeTableOptions,
): Promise<{ items: number; seconds: number }> {
  const items = sequences.length;
  const width = model.config.hidden;
  const state = engine.createState(model.weights);
  const encoder = new SequenceEncoder(engine, state, model.config, model);
  const start = performance.now();
  const seconds = (): number => (performance.now() - start) / 1000;
  try {
    if (writer.rowsWritten === 0) await writer.append(new Float32Array(width));
    const first = writer.rowsWritten - 1;
    while (writer.rowsWritten <= items) {
      const from = writer.rowsWritten - 1;
      // A chunk always begins at a multiple of its size: different packing would change the last bits.
      const chunkStart = from - (from % CHUNK);
      const chunk = sequences.slice(chunkStart, chunkStart + CHUNK);
      const rows = new Float32Array(chunk.length * width);
      let encoded = 0;
      for await (const { indices, vectors } of encoder.batches(chunk)) {
        signal?.throwIfAborted();
        indices.forEach((i, k) => rows.set(vectors.subarray(k * width, (k + 1) * width), i * width));
        encoded += indices.length;
        const done = Math.max(from, chunkStart + encoded);
        const timeLeft = (seconds() / Math.max(1, done - first)) * (items - done);
        onProgress?.({ done, items, seconds: seconds(), timeLeft });
      }
      const bad = rows.findIndex((x) => !Number.isFinite(x));
      if (bad >= 0)
        throw new InputError(
          'encode',
          `expected finite vectors, got ${rows[bad]} for item ${chunkStart + Math.floor(bad / width) + 1}`,
          'The weights may be damaged or overflow',
        );
      await writer.append(rows.subarray((from - chunkStart) * width));
    }
    return { items: items - first, seconds: seconds() };
  } finally {
    await encoder.dispose();
    state.dispose();
  }
}

/** Writes the item keys beside the table, unless they are already there. */
function writeKeys(path: string, itemKeys?: readonly string[]): void {
  if (itemKeys === undefined) return;
  const file = itemKeysPath(path);
  const text = `${JSON.stringify(itemKeys)}\n`;
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
  writeFileAtomic(file, text);
}

/**
 * Whether an undamaged, finished table with exactly these facts in its header exists. If not, the table is
 * encoded again, and `onNotice` says why.
 * @throws InputError for a file that is not a table of ours, which is never overwritten.
 */
async function holds(
  path: string,
  facts: Readonly<Record<string, string>>,
  onNotice?: (line: string) => void,
): Promise<boolean> {
  if (!existsSync(path)) return false;
  const file = await SafetensorsFile.open(path).catch((cause: unknown) => {
    throw notATable(path, (cause as Error).message, cause);
  });
  const { metadata, tensors } = file;
  await file.close();
  if (!tensors.has(TABLE_TENSOR))
    throw notATable(path, `tensors ${[...tensors.keys()].slice(0, 3).join(', ')}`);
  if (Object.entries(facts).some(([name, value]) => metadata.get(name) !== value)) {
    onNotice?.(`${path}: replaces the table of another model or catalogue`);
    return false;
  }
  try {
    await readTableFile(path);
    return true;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    onNotice?.(`${error.message}; it is encoded again`);
    return false;
  }
}

function notATable(path: string, got: string, cause?: unknown): InputError {
  return new InputError(
    path,
    `expected a new file or an item table, which would be replaced, got ${got}`,
    'Choose another name, or remove the file if it is a damaged table',
    { cause },
  );
}
