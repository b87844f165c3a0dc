/**
 * Encodes the items of a catalogue into a table on disk: in chunks, each sorted by length and packed; streamed row by row, so a
 * killed run goes on where it was; found again only for the same weights, texts and tokenizer (D45). Behind `elephant encode`.
 */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { ItemText } from '../../data/types';
import { SafetensorsFile, SafetensorsRowWriter } from '../../engine/safetensors';
import type { Engine } from '../../engine/types';
import { checkItemTable, type ItemTable } from '../../text/itemTable';
import { itemTokensKey } from '../../text/itemTokens';
import { INPUT_LIMITS, type InputLimits } from '../../text/recformerInput';
import type { Tokenizer } from '../../text/tokenizer';
import { SequenceEncoder } from '../encoder/sequenceEncoder';
import { modelFingerprint } from './fingerprint';
import { itemSequences } from './itemSequences';
import type { LanguageModel } from './loadModel';

export interface EncodeProgress {
  done: number;
  items: number;
  seconds: number;
  /** Of this run; NaN before the first chunk. */
  timeLeft: number;
}

export interface EncodeTableOptions {
  limits?: InputLimits;
  onProgress?: (progress: EncodeProgress) => void;
  signal?: AbortSignal;
}

/** Name of the tensor in the file: [items + 1, dim], row 0 zero, row i = item id i. */
export const TABLE_TENSOR = 'items';
/** Items between two writes to disk. */
const CHUNK = 2048;

/** Hash of everything that the table depends on. */
export function tableKey(model: LanguageModel, texts: readonly ItemText[], tokenizer: Tokenizer, limits: InputLimits = INPUT_LIMITS): string {
  return createHash('sha256').update(JSON.stringify(['item table 1', modelFingerprint(model), itemTokensKey(texts, tokenizer, limits)])).digest('hex');
}

/** Writes the table to `path` (safetensors), or finds it there already. */
export async function encodeTable(
  engine: Engine,
  model: LanguageModel,
  texts: readonly ItemText[],
  tokenizer: Tokenizer,
  path: string,
  options: EncodeTableOptions = {},
): Promise<{ key: string; reused: boolean; encoded: number; seconds: number }> {
  const { limits = INPUT_LIMITS, onProgress, signal } = options;
  const key = tableKey(model, texts, tokenizer, limits);
  if (await hasKey(path, key)) return { key, reused: true, encoded: 0, seconds: 0 };
  const sequences = itemSequences(texts, tokenizer, model.config, limits);
  const width = model.config.hidden;
  const writer = await SafetensorsRowWriter.open(path, { name: TABLE_TENSOR, rows: texts.length + 1, width, metadata: { key } });
  const state = engine.createState(model.weights);
  const encoder = new SequenceEncoder(engine, state, model.config, model);
  const start = performance.now();
  const seconds = (): number => (performance.now() - start) / 1000;
  let finished = false;
  try {
    if (writer.rowsWritten === 0) await writer.append(new Float32Array(width));
    const first = writer.rowsWritten - 1;
    while (writer.rowsWritten <= texts.length) {
      signal?.throwIfAborted();
      const from = writer.rowsWritten - 1;
      await writer.append(await encoder.encode(sequences.slice(from, from + CHUNK)));
      const done = writer.rowsWritten - 1;
      onProgress?.({ done, items: texts.length, seconds: seconds(), timeLeft: (seconds() / (done - first)) * (texts.length - done) });
    }
    await writer.finish();
    finished = true;
    return { key, reused: false, encoded: texts.length - first, seconds: seconds() };
  } finally {
    if (!finished) await writer.close();
    await encoder.dispose();
    state.dispose();
  }
}

/** Reads a table written by encodeTable and checks it against the catalogue. */
export async function readTable(path: string, items: number): Promise<ItemTable> {
  const file = await SafetensorsFile.open(path);
  try {
    const { shape, data } = await file.read(TABLE_TENSOR);
    const table = { rows: shape[0], dim: shape[1], data: data as Float32Array };
    checkItemTable(table, items, path);
    return table;
  } finally {
    await file.close();
  }
}

async function hasKey(path: string, key: string): Promise<boolean> {
  if (!(await stat(path).then(() => true, () => false))) return false;
  const file = await SafetensorsFile.open(path).catch(() => undefined);
  if (file === undefined) return false;
  const found = file.metadata.get('key') === key;
  await file.close();
  return found;
}
