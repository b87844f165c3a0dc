/**
 * Encodes the items of a catalogue into a table on disk: in chunks, each sorted by length and packed;
 * streamed row by row, so a killed run goes on where it was; found again only for the same weights, texts and
 * tokenizer (D45). Behind `elephant encode`.
 */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { ItemText } from '../../data/types';
import { InputError } from '../../errors';
import { SafetensorsFile, SafetensorsRowWriter, writeAside } from '../../engine/safetensors/safetensors';
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
  /** Of this run. */
  timeLeft: number;
}

export interface EncodeTableOptions {
  limits?: InputLimits;
  /**
   * Original key of item id i at index i - 1. Written beside the table as a JSON array (itemKeysPath), so
   * that other programs know which row is which item, and their hash into its header, so that readTable
   * refuses the table of another catalogue.
   */
  itemKeys?: readonly string[];
  /** Called after every batch. */
  onProgress?: (progress: EncodeProgress) => void;
  signal?: AbortSignal;
}

export interface EncodedTable {
  key: string;
  /** The table was there already. */
  reused: boolean;
  /** Items encoded now: fewer than all where an interrupted run was continued. */
  encoded: number;
  seconds: number;
}

/** Name of the tensor in the file: [items + 1, dim], row 0 zero, row i = item id i. */
export const TABLE_TENSOR = 'items';
/**
 * Items between two writes to disk. Results do not depend on interruptions, since chunks always begin at its
 * multiples.
 */
const CHUNK = 1024;

/** Hash of everything that the table depends on. */
function tableKey(
  model: LanguageModel,
  texts: readonly ItemText[],
  tokenizer: Tokenizer,
  limits: InputLimits = INPUT_LIMITS,
): string {
  return createHash('sha256')
    .update(
      JSON.stringify(['item table 2', modelFingerprint(model), itemTokensKey(texts, tokenizer, limits)]),
    )
    .digest('hex');
}

/** Where the item keys of the table at `path` stand: "x.safetensors" -> "x.items.json". */
export function itemKeysPath(path: string): string {
  return `${path.replace(/\.safetensors$/, '')}.items.json`;
}

/**
 * Writes the table to `path` (safetensors), or finds it there already. @throws InputError; the signal's
 * reason when aborted.
 */
export async function encodeTable(
  engine: Engine,
  model: LanguageModel,
  texts: readonly ItemText[],
  tokenizer: Tokenizer,
  path: string,
  options: EncodeTableOptions = {},
): Promise<EncodedTable> {
  const { limits = INPUT_LIMITS, itemKeys, onProgress, signal } = options;
  if (texts.length === 0) throw new InputError('encode', 'expected at least one item, got none');
  if (itemKeys !== undefined && itemKeys.length !== texts.length) {
    throw new InputError('encode', `expected the keys of ${texts.length} items, got ${itemKeys.length}`);
  }
  const key = tableKey(model, texts, tokenizer, limits);
  const metadata = { key, ...(itemKeys && { itemKeys: itemKeysHash(itemKeys) }) };
  if (await holds(path, metadata)) return { key, reused: true, encoded: 0, seconds: 0 };
  const sequences = itemSequences(texts, tokenizer, model.config, limits);
  const width = model.config.hidden;
  const writer = await SafetensorsRowWriter.open(path, {
    name: TABLE_TENSOR,
    rows: texts.length + 1,
    width,
    metadata,
  });
  const state = engine.createState(model.weights);
  const encoder = new SequenceEncoder(engine, state, model.config, model);
  const start = performance.now();
  const seconds = (): number => (performance.now() - start) / 1000;
  let finished = false;
  try {
    if (writer.rowsWritten === 0) await writer.append(new Float32Array(width));
    const first = writer.rowsWritten - 1;
    while (writer.rowsWritten <= texts.length) {
      const from = writer.rowsWritten - 1;
      // A chunk that a kill cut short is computed whole again: another packing would differ in the last bits.
      const chunkStart = from - (from % CHUNK);
      const chunk = sequences.slice(chunkStart, chunkStart + CHUNK);
      const rows = new Float32Array(chunk.length * width);
      let encoded = 0;
      for await (const { indices, vectors } of encoder.batches(chunk)) {
        signal?.throwIfAborted();
        indices.forEach((i, k) => rows.set(vectors.subarray(k * width, (k + 1) * width), i * width));
        encoded += indices.length;
        const done = Math.max(from, chunkStart + encoded);
        onProgress?.({
          done,
          items: texts.length,
          seconds: seconds(),
          timeLeft: (seconds() / Math.max(1, done - first)) * (texts.length - done),
        });
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
    if (itemKeys !== undefined)
      await writeAside(
        itemKeysPath(path),
        async (file) => void (await file.writeFile(`${JSON.stringify(itemKeys)}\n`)),
      );
    await writer.finish();
    finished = true;
    return { key, reused: false, encoded: texts.length - first, seconds: seconds() };
  } finally {
    if (!finished) await writer.close();
    await encoder.dispose();
    state.dispose();
  }
}

/**
 * Reads a table written by encodeTable, or by another program under the same name and shape, and checks it
 * against the catalogue: rows, finite values, and, where both know them, the item keys.
 */
export async function readTable(
  path: string,
  items: number,
  itemKeys?: readonly string[],
): Promise<ItemTable> {
  const file = await SafetensorsFile.open(path);
  try {
    const stored = file.tensors.get(TABLE_TENSOR);
    if (stored === undefined || stored.shape.length !== 2) {
      const found =
        [...file.tensors]
          .map(([name, { shape }]) => `${name} [${shape.join(', ')}]`)
          .slice(0, 5)
          .join(', ') || 'nothing';
      throw new InputError(
        path,
        `expected a tensor "${TABLE_TENSOR}" of two axes, got ${found}`,
        'Is this an item table? `elephant encode` writes one',
      );
    }
    if (stored.shape[0] !== items + 1) {
      throw new InputError(
        path,
        `expected ${items + 1} rows (${items} items and the padding row), got ${stored.shape[0]}`,
        'Encode the items of this dataset again',
      );
    }
    const keys = file.metadata.get('itemKeys');
    if (itemKeys !== undefined && keys !== undefined && keys !== itemKeysHash(itemKeys)) {
      throw new InputError(
        path,
        'expected the items of this dataset in its order, got a table of others',
        'Encode the items of this dataset again',
      );
    }
    const { shape, data } = await file.read(TABLE_TENSOR);
    const table = { rows: shape[0], dim: shape[1], data: data as Float32Array };
    checkItemTable(table, items, path);
    return table;
  } finally {
    await file.close();
  }
}

function itemKeysHash(keys: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(keys)).digest('hex');
}

/** A finished table with exactly these facts in its header. */
async function holds(path: string, facts: Readonly<Record<string, string>>): Promise<boolean> {
  if (
    !(await stat(path).then(
      () => true,
      () => false,
    ))
  )
    return false;
  const file = await SafetensorsFile.open(path).catch(() => undefined);
  if (file === undefined) return false;
  const found = Object.entries(facts).every(([name, value]) => file.metadata.get(name) === value);
  await file.close();
  return found;
}
