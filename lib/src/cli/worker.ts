/** `elephant worker`: computes stages that a coordinator on some machine (`run --queue`) puts on a queue. */
import type { Command } from 'commander';
import { duration } from '../duration';
import type { ProviderName } from '../engine/types';
import { InputError } from '../errors';
import { folders } from '../project';
import { interruptSignal } from './interrupt';
import {
  givenData,
  givenModel,
  jsonOption,
  queueOption,
  sharedStoreOption,
  wholeNumber,
  workerProviderOption,
  workersOption,
} from './options';
import { ProgressLine } from './progress';

interface WorkerOptions {
  queue?: string;
  store: string;
  workers: number;
  data?: string;
  interactions?: string;
  items?: string;
  model?: string;
  goneAfter?: number;
  provider: ProviderName;
  json: boolean;
}

export function register(program: Command): void {
  program
    .command('worker')
    .description('compute stages that elephant run --queue hands out, until interrupted')
    .addOption(queueOption())
    .addOption(sharedStoreOption().makeOptionMandatory())
    .addOption(workersOption())
    .addOption(givenData())
    .addOption(givenModel())
    .option(
      '--interactions <path>',
      'your own data, for runs on them: a file of interactions, or a folder that has one',
    )
    .option('--items <file>', 'the items of your own data, if they are not beside the interactions')
    .option(
      '--gone-after <seconds>',
      'take over the stages of a worker after this many seconds of silence (default: 15)',
      wholeNumber('--gone-after', 3, 3600),
    )
    .addOption(workerProviderOption())
    .addOption(jsonOption())
    .action(work);
}

async function work(options: WorkerOptions): Promise<void> {
  const {
    queue,
    store: place,
    workers,
    data,
    interactions,
    items,
    model,
    goneAfter,
    provider,
    json,
  } = options;
  if (queue === undefined)
    throw new InputError(
      '--queue',
      'expected the address of Redis, got none',
      'Give --queue or ELEPHANT_QUEUE',
    );
  const signal = interruptSignal('other workers take over the stages that ran here');
  const { openSharedStore } = await import('../pipeline/sharedStore');
  const { serveQueue } = await import('../pipeline/queue/serveQueue');
  const { resultName } = await import('../pipeline/store');
  const { kinds } = await import('../experiments/stages/kinds');
  const { sourcesHere } = await import('../experiments/sourcesHere');
  const { deviceOf } = await import('../engine/providers/device');
  const { requireWorking } = await import('../engine/providers/workingProvider');
  if (provider === 'webgpu' || provider === 'cuda') await requireWorking(provider);
  const store = await openSharedStore(place, process.env.ELEPHANT_STORE ?? folders.store);
  const given = {
    ...{ interactions, items },
    data: data ?? (process.env.ELEPHANT_DATA || undefined),
    model: model ?? (process.env.ELEPHANT_MODEL || undefined),
  };
  const line = new ProgressLine();
  const computed: { label: string; result: string; seconds: number }[] = [];
  try {
    await serveQueue({
      ...{ queue, store, kinds, workers, goneAfter, signal },
      device: deviceOf(provider),
      sources: (node) => sourcesHere(node, given),
      onComputed: (node, seconds) => {
        computed.push({ label: node.label, result: resultName(node), seconds });
        line.print(`computed ${node.label} (${resultName(node)}) in ${duration(seconds)}`);
      },
      onUpdate: (running) =>
        line.update(
          running.map(({ label, message }) => (message === '' ? label : `${label}: ${message}`)).join('; '),
        ),
    });
  } finally {
    // It ends by an interruption or an error, but has computed these.
    if (json) process.stdout.write(`${JSON.stringify({ computed })}\n`);
  }
}
