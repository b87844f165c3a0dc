/**
 * `elephant fetch`: downloads a domain of the Amazon data or a language model; resumes interrupted downloads.
 */
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import type { AmazonSet } from '../data/sources';
import { folders } from '../project';
import { interruptSignal } from './interrupt';
import { jsonOption } from './options';
import { ProgressLine } from './progress';

interface FetchOptions {
  to?: string;
  set: AmazonSet;
  mirror?: string;
  revision?: string;
  again: boolean;
  json: boolean;
}

export function register(program: Command): void {
  program
    .command('fetch')
    .description(
      'download a domain (Pantry, Beauty, ...) or a model (owner/name on the hub); ' +
        'interrupted downloads resume',
    )
    .argument('<what>', 'a domain of the Amazon review data of 2018, or a model as owner/name')
    .option('--to <folder>', 'where to put it (default: data/raw, data/models)')
    .addOption(
      new Option('--set <name>', 'reviews of a domain: 5core, full or ratings')
        .choices(['5core', 'full', 'ratings'])
        .default('5core'),
    )
    .option('--mirror <url>', 'another base address')
    .option('--revision <name>', 'branch, tag or commit of a model')
    .option('--again', 'fetch again even if the file is already there', false)
    .addOption(jsonOption())
    .action(fetchCommand);
}

async function fetchCommand(
  what: string,
  { to, set, mirror, revision, again, json }: FetchOptions,
): Promise<void> {
  const { describeProgress } = await import('../data/fetch/progress');
  const line = new ProgressLine();
  const options = {
    mirror,
    again,
    signal: interruptSignal(),
    onProgress: (progress: Parameters<typeof describeProgress>[0]) => line.update(describeProgress(progress)),
    onNotice: (notice: string) => line.print(notice),
  };
  const result = what.includes('/')
    ? await (
        await import('../data/fetch/fetchModel')
      ).fetchModel(what, to ?? join(folders.data, 'models'), { ...options, revision })
    : {
        folder: to ?? join(folders.data, 'raw'),
        files: await (
          await import('../data/fetch/fetchDomain')
        ).fetchDomain(what, to ?? join(folders.data, 'raw'), { ...options, set }),
      };
  line.print();
  if (json) {
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return;
  }
  for (const { name, bytes, fresh } of result.files)
    process.stdout.write(`${name}: ${bytes} bytes, ${fresh ? 'fetched' : 'already here'}\n`);
  process.stdout.write(`in ${result.folder}\n`);
}
