/**
 * `elephant encode`: the item table of a language model for a catalogue, as safetensors for `elephant train
 * --table` and for other programs. Resumes an interrupted run. Reuses a finished table only for the same
 * weights, texts and tokenizer. If several runs write one table at once, each waits for those before it.
 */
import type { Command } from 'commander';
import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Dataset } from '../data';
import { duration } from '../duration';
import type { Engine, ProviderChoice } from '../engine/types';
import { InputError } from '../errors';
import { writeProblem } from '../writeProblem';
import type { EncodedTable } from '../models/itemTables';
import type { LanguageModel, Pooling } from '../models/languageModel';
import type { Tokenizer } from '../text/tokenizer';
import {
  addDatasetOptions,
  checkDatasetOptions,
  type DatasetOptions,
  loadDataset,
  type LoadedDataset,
} from './dataset';
import { interruptSignal } from './interrupt';
import { jsonOption, oneOf, providerOption, wholeNumber } from './options';
import { checkOutFile } from './outFile';
import { ProgressLine } from './progress';
import { sayWithoutText } from './withoutText';

interface EncodeOptions extends DatasetOptions {
  model: string;
  pooling?: Pooling;
  maxTokens?: number;
  recformer: boolean;
  out: string;
  threads?: number;
  provider: ProviderChoice;
  json: boolean;
}

export function register(program: Command): void {
  const command = program
    .command('encode')
    .description('encode a catalogue with a language model: one vector per item, in a safetensors file')
    .requiredOption('--model <folder>', 'folder with config.json, model.safetensors and tokenizer.json');
  addDatasetOptions(command)
    .option(
      '--pooling <how>',
      "a text's vector: the mean of its tokens, or its first token (default: as the folder says)",
      oneOf('--pooling', 'pooling', ['mean', 'first'] as const),
    )
    .option(
      '--max-tokens <n>',
      'cut texts at this many tokens (default: as the folder says, or as many as the model can read)',
      wholeNumber('--max-tokens', 3),
    )
    .option(
      '--recformer',
      'turn a BERT, RoBERTa or MiniLM into the Longformer that fine-tuning starts from (its item ' +
        'vectors are those of <s>)',
      false,
    )
    .requiredOption(
      '--out <file>',
      'the table: tensor "items" [items + 1, width], row 0 zero; keys of the items in <file>.items.json',
    )
    .option('--threads <n>', 'threads of the CPU provider (default: all cores)', wholeNumber('--threads', 1))
    .addOption(providerOption())
    .addOption(jsonOption())
    .action((options: EncodeOptions) =>
      encode(options).catch((error: unknown) => {
        // Our own errors say what was wrong; any other error comes from writing.
        if (error instanceof InputError) throw error;
        throw writeProblem(options.out, 'the table', error, { another: 'name another file with --out' });
      }),
    );
}

async function encode(options: EncodeOptions): Promise<void> {
  const { out, threads, provider, maxTokens } = options;
  checkDatasetOptions(options);
  await checkOutFile(out, '.safetensors');
  if (options.recformer && options.pooling !== undefined)
    throw new InputError('--pooling', 'got --recformer as well, whose vectors are those of <s>');
  const line = new ProgressLine();
  const { itemInputs, itemKeysPath } = await import('../models/itemTables');
  const { createEngine } = await import('../engine/engine');
  const { describeCost, estimateEncoding } = await import('../models/encoder/estimate');

  const encoder = await openEncoder(options, line);
  const { model, tokenizer } = encoder;
  const { dataset, read } = await openCatalogue(options, line);
  const { sequences, cut, limit } = itemInputs(dataset.itemTexts, tokenizer, model, maxTokens);
  line.print(`${cut} of ${dataset.items} texts are longer than the input and are cut (${limit})`);
  const engine = await createEngine({ provider, threads });
  try {
    const cost = await estimateEncoding(engine, model, sequences);
    line.print(
      `${model.config.layers} layers of width ${model.config.hidden}, ${vectorsOf(model)}; ` +
        describeCost(cost),
    );
    const result = await writeTable(engine, encoder, dataset, options, line);
    sayUnfinished(out, line);
    line.print();
    const summary = {
      table: out,
      itemKeys: itemKeysPath(out),
      items: dataset.items,
      width: model.config.hidden,
      dataset: dataset.name,
      fingerprint: dataset.fingerprint,
      read,
      pooling: model.pooling,
      normalised: model.normalise,
      cut,
      limit,
      engine: engine.description,
      ...result,
      itemsPerSecond: result.seconds > 0 ? result.encoded / result.seconds : null,
      estimatedSeconds: cost.seconds,
    };
    process.stdout.write(options.json ? `${JSON.stringify(summary)}\n` : summaryText(summary));
  } finally {
    await engine.dispose();
  }
}

interface Encoder {
  model: LanguageModel;
  tokenizer: Tokenizer;
}

/** The encoder in its folder; says which tensors do not belong to it. */
async function openEncoder(
  { model: folder, pooling, recformer }: EncodeOptions,
  line: ProgressLine,
): Promise<Encoder> {
  const { encoderFolder, loadModel } = await import('../models/published');
  const { loadTokenizer } = await import('../text/tokenizer');
  const { model, report } = await loadModel(folder, { pooling: recformer ? 'none' : pooling });
  const tokenizer = await loadTokenizer(await encoderFolder(folder));
  const encoder = await asEncoder(model, recformer, line);
  for (const name of report.unused) line.print(`not used: ${name}`);
  // A folder that lacks a part of the encoder is refused. So these parts belong to the head, which makes no
  // vectors.
  for (const name of report.missing) line.print(`missing, not needed for a table: ${name}`);
  return { model: encoder, tokenizer };
}

/** The items to encode; says which they are and how many have no text. */
async function openCatalogue(options: EncodeOptions, line: ProgressLine): Promise<LoadedDataset> {
  const loaded = await loadDataset(options, line);
  const { dataset } = loaded;
  line.print(
    `${dataset.name}${dataset.kind === 'simulation' ? ' (simulated)' : ''}: ${dataset.items} items, ` +
      `fingerprint ${dataset.fingerprint}`,
  );
  sayWithoutText(dataset, 'encode', line);
  return loaded;
}

/** Encodes the items, after other processes that write the same table. */
async function writeTable(
  engine: Engine,
  { model, tokenizer }: Encoder,
  { itemTexts, itemKeys }: Dataset,
  { out, maxTokens }: EncodeOptions,
  line: ProgressLine,
): Promise<EncodedTable> {
  const { encodeTable } = await import('../models/itemTables');
  const { acquireFileLock } = await import('../pipeline/lock');
  // Not earlier: while files are read, Ctrl-C ends the process at once. A handler would have to wait.
  const signal = interruptSignal('finished rows are kept beside the table; the same command resumes');
  const lock = await acquireFileLock(out, signal, (pid) =>
    line.print(`waiting for process ${pid}, which writes to ${out}`),
  );
  return encodeTable(engine, model, itemTexts, tokenizer, out, {
    maxTokens,
    itemKeys,
    signal,
    onNotice: (notice) => line.print(notice),
    onProgress: ({ done, items, seconds, timeLeft }) =>
      line.update(
        `${done} of ${items} items, ${duration(seconds)}, ${duration(timeLeft)} left`,
        done === items,
      ),
  }).finally(() => lock.release());
}

function summaryText({
  table,
  items,
  width,
  reused,
  encoded,
  seconds,
}: EncodedTable & { table: string; items: number; width: number }): string {
  const said = reused ? 'was here already' : `${encoded} items in ${duration(seconds)}`;
  return `${table}: ${items} items x ${width}, ${said}\n`;
}

/**
 * A published Longformer lacks what RECFORMER's input needs. A sentence encoder is used as it is, unless
 * --recformer is given.
 */
async function asEncoder(
  model: LanguageModel,
  recformer: boolean,
  line: ProgressLine,
): Promise<LanguageModel> {
  const { config } = model;
  const ready = config.attention === 'window' && config.tokenTypes > 2 && config.itemPositions > 1;
  if (ready || (config.attention === 'full' && !recformer)) return model;
  line.print("turned into RECFORMER's starting point: token types, item positions (seed 42), window 64");
  const { toRecformer } = await import('../models/published');
  return toRecformer(model);
}

/** How a text's vector is made, in words. */
function vectorsOf({ config, pooling, normalise }: LanguageModel): string {
  if (config.attention === 'window') return '<s> of a windowed encoder';
  return `${pooling === 'mean' ? 'mean of the tokens' : 'first token'}${normalise ? ', normalised' : ''}`;
}

/** Unfinished tables of the same name, left by killed runs with another model or catalogue. */
function sayUnfinished(out: string, line: ProgressLine): void {
  for (const name of readdirSync(dirname(out))) {
    if (!name.startsWith(`${basename(out)}.`) || !name.endsWith('.part')) continue;
    const path = join(dirname(out), name);
    line.print(
      `${path}: rows of an unfinished table of another model or catalogue ` +
        `(${(statSync(path).size / 2 ** 20).toFixed(1)} MiB); resume it with its command, or remove the file`,
    );
  }
}
