/**
 * Which data a command works on: a domain from a folder of Amazon files, the user's own interactions and
 * items, or a domain of the embedded shop.
 */
import type { Command } from 'commander';
import { basename } from 'node:path';
import type { Dataset } from '../data';
import type { DomainName } from '../data/simulation';
import type { FilterOptions, ReadReport } from '../data/sources';
import { InputError } from '../errors';
import { folders } from '../project';
import type { ProgressLine } from './progress';
import { addReaderOptions, readerOptions, type ReaderOptions, sayWhatWasRead } from './readerOptions';

const PANTRY = 'Pantry';

export interface DatasetOptions extends ReaderOptions {
  data?: string;
  /** PANTRY by default. */
  domain?: string;
  interactions?: string;
  items?: string;
}

export function addDatasetOptions(command: Command): Command {
  command
    .option(
      '--data <folder>',
      'folder with <Domain>_5.json.gz and meta_<Domain>.json.gz; without it the domain is simulated',
    )
    .option('--domain <name>', `the domain, e.g. Beauty (default: ${PANTRY})`)
    .option(
      '--interactions <path>',
      'your own data instead: a file of interactions, or a folder that has one',
    )
    .option('--items <file>', 'the items of your own data, if they are not beside the interactions');
  return addReaderOptions(command);
}

/** @throws InputError for options that do not go together. */
export function checkDatasetOptions({ data, domain, interactions, items }: DatasetOptions): void {
  if (interactions !== undefined && data !== undefined)
    throw new InputError('--interactions', 'got --data as well', 'Give one of them');
  if (interactions !== undefined && domain !== undefined)
    throw new InputError('--domain', 'got --interactions as well, which has no domains', 'Give one of them');
  if (items !== undefined && interactions === undefined)
    throw new InputError('--items', 'expected --interactions as well');
}

export interface LoadedDataset {
  dataset: Dataset;
  /** What was read from files; also reported on `line`. */
  read?: ReadReport;
}

/** `filter`: how files are read; not used for the embedded shop. */
export async function loadDataset(
  options: DatasetOptions,
  line: ProgressLine,
  filter: FilterOptions = {},
): Promise<LoadedDataset> {
  checkDatasetOptions(options);
  const { data, domain = PANTRY, interactions, items } = options;
  const kind = interactions !== undefined ? 'own' : data !== undefined ? 'amazon' : 'none';
  const files = { ...filter, ...readerOptions(options, kind), cache: folders.prepared };
  if (interactions === undefined && data === undefined) {
    const { simulateDomain } = await import('../data/simulation');
    return { dataset: simulateDomain(domain as DomainName) };
  }
  const { readAmazonWithReport, readOwnWithReport } = await import('../data/sources');
  if (data !== undefined) await rejectOwnFiles(data, domain);
  const { dataset, report } =
    interactions !== undefined
      ? await readOwnWithReport(interactions, { ...files, items })
      : await readAmazonWithReport(data!, domain, files);
  await sayWhatWasRead(report, line);
  return { dataset, read: report };
}

/** A user's own files are not Amazon domains called "interactions" and "items": says how to read them. */
async function rejectOwnFiles(folder: string, domain: string): Promise<void> {
  const { findAmazonFiles } = await import('../data/amazonFiles');
  const { findOwnFiles } = await import('../data/own/files');
  try {
    findAmazonFiles(folder, domain);
  } catch (cause) {
    let own: string;
    try {
      own = findOwnFiles(folder).interactions[0];
    } catch {
      throw cause;
    }
    // A file, or Amazon files of another domain.
    const isAmazon = /^(?!interactions\.).*(_5\.json|\.jsonl)(\.gz)?$/.test(basename(own));
    if (own === folder || isAmazon) throw cause;
    throw new InputError(
      folder,
      `expected Amazon review files such as ${domain}_5.json.gz, got ${basename(own)}`,
      'For your own data, use --interactions instead of --data',
      { cause },
    );
  }
}
