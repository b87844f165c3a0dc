/**
 * `elephant encode`: the item table of a language model for a catalogue, as safetensors for `elephant train
 * --table` and for other programs. Continues an interrupted run; finds a finished table again only for the
 * same weights, texts and tokenizer.
 */
import type { Command } from 'commander';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Dataset } from '../data';
import type { DomainName } from '../data/simulation';
import type { ProviderChoice } from '../engine/types';
import { InputError } from '../errors';
import type { LanguageModel } from '../models/longformer';
import { folders } from '../project';
import { interruptSignal } from './interrupt';
import { jsonOption, providerOption, wholeNumber } from './options';
import { duration, ProgressLine } from './progress';

interface EncodeOptions {
  model: string;
  data?: string;
  domain: string;
  interactions?: string;
  items?: string;
  recformer: boolean;
  out: string;
  threads?: number;
  provider: ProviderChoice;
  json: boolean;
}

export function register(program: Command): void {
  program
    .command('encode')
    .description("a language model's item table for a catalogue, as safetensors")
    .requiredOption('--model <folder>', 'folder with config.json, model.safetensors and tokenizer.json')
    .option(
      '--data <folder>',
      'folder with <Domain>_5.json.gz and meta_<Domain>.json.gz; without it the domain is simulated',
    )
    .option('--domain <name>', 'the domain, e.g. Beauty', 'Pantry')
    .option(
      '--interactions <path>',
      'your own data instead: a file of interactions, or a folder that has one',
    )
    .option('--items <file>', 'the items of your own data, where they do not lie beside the interactions')
    .option(
      '--recformer',
      'turn a BERT, RoBERTa or MiniLM into a Longformer first, as fine-tuning starts from (its item ' +
        'vectors are those of <s>)',
      false,
    )
    .requiredOption(
      '--out <file>',
      'the table: tensor "items" [items + 1, width], row 0 zero; keys of the items in <file>.items.json',
    )
    .option('--threads <n>', 'threads of the CPU provider (default: all cores)', wholeNumber('--threads', 1))
    .addOption(providerOption('cpu'))
    .addOption(jsonOption())
    .action(encode);
}

async function encode(options: EncodeOptions): Promise<void> {
  const { out, threads, provider } = options;
  if (options.interactions !== undefined && options.data !== undefined)
    throw new InputError('--interactions', 'got --data as well', 'Give one of them');
  if (options.items !== undefined && options.interactions === undefined)
    throw new InputError('--items', 'expected --interactions as well');
  if (!out.endsWith('.safetensors'))
    throw new InputError('--out', `expected a name that ends in .safetensors, got "${out}"`);
  const folder = await stat(dirname(out)).catch(() => undefined);
  if (folder?.isDirectory() !== true)
    throw new InputError('--out', `expected a folder that is there, got "${dirname(out)}"`, 'Make it first');
  const signal = interruptSignal();
  const line = new ProgressLine();
  const { encodeTable, itemKeysPath, itemSequences, loadModel } = await import('../models/longformer');
  const { loadTokenizer } = await import('../text/tokenizer');
  const { createEngine } = await import('../engine/engine');
  const { describeCost, estimateEncoding } = await import('../models/encoder/estimate');

  const { model: loaded, report } = await loadModel(options.model);
  const tokenizer = await loadTokenizer(options.model);
  const model = await asEncoder(loaded, options.recformer, line);
  for (const name of report.unused) line.print(`not used: ${name}`);
  // A folder that lacks a part of the encoder is refused, so these are of the head, which makes no vectors.
  for (const name of report.missing) line.print(`missing, not needed for a table: ${name}`);
  const dataset = await load(options);
  line.print(
    `${dataset.name}${dataset.kind === 'simulation' ? ' (simulated)' : ''}: ${dataset.items} items, ` +
      `fingerprint ${dataset.fingerprint}`,
  );
  const engine = await createEngine({ provider, threads });
  try {
    const cost = await estimateEncoding(
      engine,
      model,
      itemSequences(dataset.itemTexts, tokenizer, model.config),
    );
    line.print(
      `${model.config.layers} layers of width ${model.config.hidden}, ` +
        `${model.config.attention === 'window' ? '<s> of a windowed encoder' : `${model.pooling} pooling`}; ` +
        `${describeCost(cost)}`,
    );
    const result = await encodeTable(engine, model, dataset.itemTexts, tokenizer, out, {
      itemKeys: dataset.itemKeys,
      signal,
      onProgress: ({ done, items, seconds, timeLeft }) =>
        line.update(
          `${done} of ${items} items, ${duration(seconds)}, ${duration(timeLeft)} left`,
          done === items,
        ),
    });
    line.print();
    const summary = {
      table: out,
      itemKeys: itemKeysPath(out),
      items: dataset.items,
      width: model.config.hidden,
      dataset: dataset.name,
      fingerprint: dataset.fingerprint,
      engine: engine.description,
      ...result,
      itemsPerSecond: result.seconds > 0 ? result.encoded / result.seconds : null,
      estimatedSeconds: cost.seconds,
    };
    const said = result.reused
      ? 'was here already'
      : `${result.encoded} items in ${duration(result.seconds)}`;
    process.stdout.write(
      options.json
        ? `${JSON.stringify(summary)}\n`
        : `${out}: ${dataset.items} items x ${model.config.hidden}, ${said}\n`,
    );
  } finally {
    await engine.dispose();
  }
}

/**
 * A Longformer as published lacks what RECFORMER's input needs; a sentence encoder is taken as it is unless
 * asked otherwise.
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
  const { toRecformer } = await import('../models/longformer');
  return toRecformer(model);
}

async function load({ data, domain, interactions, items }: EncodeOptions): Promise<Dataset> {
  if (interactions !== undefined)
    return (await import('../data/sources')).readOwn(interactions, { items, cache: folders.prepared });
  if (data !== undefined)
    return (await import('../data/sources')).readAmazon(data, domain, { cache: folders.prepared });
  const { simulateDomain } = await import('../data/simulation');
  return simulateDomain(domain as DomainName);
}
