/**
 * `elephant train`: trains a recommender on a domain of Amazon files, on a user's own data, or on a simulated
 * domain. It shows progress with the time left, stops early by validation NDCG@10, and prints test metrics
 * beside the baselines. Several trainings run side by side, to choose a learning rate and for several seeds.
 * Its parts are in the folder train/.
 */
import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import type { Dataset } from '../data';
import { defined } from '../defined';
import { checkPrecision } from '../engine/providers/precision';
import { InputError } from '../errors';
import { checkDatasetOptions, loadDataset, type LoadedDataset } from './dataset';
import { interruptSignal } from './interrupt';
import { keyValues } from './options';
import { checkOutFile } from './outFile';
import { ProgressLine } from './progress';
import { baselineMetrics } from './train/baselines';
import { addTrainOptions, type TrainOptions } from './train/commandLine';
import { evaluatedLine, evaluatedUsers } from './train/evaluatedUsers';
import { tableOf } from './train/itemTable';
import { metricsTable } from './train/metricsTable';
import { trainOne } from './train/oneTraining';
import { trainSeveral } from './train/severalTrainings';
import { type Settings, settingsOf } from './train/settings';

export function register(program: Command): void {
  addTrainOptions(program.command('train').description('train and test one recommender')).action(train);
}

async function train(options: TrainOptions): Promise<void> {
  if (options.options) return printOptions(options);
  const { model, provider, precision, threads, workers, out, json } = options;
  // Before the data are read, so that a mistyped option fails at once.
  checkDatasetOptions(options);
  settingsOf(options);
  if (provider !== 'auto') checkPrecision(precision, provider);
  if (out !== undefined) await checkOutFile(out, '.safetensors');
  const line = new ProgressLine();
  const { dataset, read } = await load(options, line);
  // Not earlier: while files are read, Ctrl-C ends the process at once. A handler would have to wait.
  const signal = interruptSignal('nothing is kept of an interrupted training');
  const settings = settingsOf(options, dataset);
  const { table: tableName, effective, as, dimGiven, several } = settings;
  line.print(datasetLine(dataset));
  line.print(evaluatedLine(dataset));
  const table = await tableOf(tableName, effective, dataset, line);
  // A table file has its own width, which the model takes unless another was given.
  const dim = dimGiven ? effective.dim : (table?.dim ?? effective.dim);
  sayPreset(settings, dim, line);
  // All options are given, so that trainRecommender has nothing to set by default.
  const request = { ...effective, dim, dataset, table, provider, precision, compare: true };
  const { test, heading, summary, complete, recommender } =
    several === undefined
      ? await trainOne({ ...request, signal }, { ...effective, dim }, threads, line)
      : await trainSeveral(
          request,
          { ...several, processes: workers ?? availableParallelism(), signal },
          line,
        );
  const { evaluationOptions, saveRecommender } = await import('../training/recommender');
  if (out !== undefined) {
    await saveRecommender(recommender!, dataset, out);
    line.print(`saved as ${out}`);
  }
  const { ties: _, ...protocol } = evaluationOptions(effective);
  const baselines = await baselineMetrics(dataset, { ...protocol, signal });
  const { fingerprint, users, items, interactions } = dataset;
  const described = {
    model,
    loss: effective.loss,
    dim,
    as,
    table: tableName,
    dataset: dataset.name,
    ...{ fingerprint, users, items, interactions },
    read,
    evaluated: evaluatedUsers(dataset),
    out,
  };
  process.stdout.write(
    json
      ? `${JSON.stringify({ ...described, ...summary, test, baselines })}\n`
      : `${heading}${metricsTable({ [model]: test, ...baselines })}`,
  );
  if (!complete) process.exitCode = 1;
}

function datasetLine({ name, kind, users, items, interactions, fingerprint }: Dataset): string {
  return (
    `${name}${kind === 'simulation' ? ' (simulated)' : ''}: ${users} users, ${items} items, ` +
    `${interactions} interactions, fingerprint ${fingerprint}`
  );
}

/** Says what the preset has set. `dim`: the width that the table file or the preset gives. */
function sayPreset({ table, as, fromPreset }: Settings, dim: number, line: ProgressLine): void {
  const set = {
    ...(table === 'neighbours' && { table }),
    ...fromPreset,
    ...('dim' in fromPreset && { dim }),
  };
  if (Object.keys(set).length > 0)
    line.print(`as ${as}${as === 'coded' ? ', but with' : ':'} ${keyValues(set)}`);
}

async function load(options: TrainOptions, line: ProgressLine): Promise<LoadedDataset> {
  const { data, interactions, exclusion } = options;
  if (exclusion !== undefined && data === undefined && interactions === undefined)
    throw new InputError(
      '--exclusion',
      'expected --data or --interactions, got a simulated domain',
      'The option says how files are read',
    );
  return loadDataset(options, line, defined({ exclusion }));
}

async function printOptions({ as, json }: TrainOptions): Promise<void> {
  const { optionRows, optionTable } = await import('./train/optionTable');
  const rows = optionRows(as);
  process.stdout.write(json ? `${JSON.stringify({ as, options: rows })}\n` : optionTable(rows));
}
