/**
 * Which data a command works on: a domain of a folder of Amazon files, a user's own interactions and items,
 * or without either a domain of the embedded shop.
 */
import type { Command } from 'commander';
import { basename } from 'node:path';
import type { Dataset } from '../data';
import type { DomainName } from '../data/simulation';
import type { FilterOptions } from '../data/sources';
import { InputError } from '../errors';
import { folders } from '../project';

export interface DatasetOptions {
  data?: string;
  domain: string;
  interactions?: string;
  items?: string;
}

export function addDatasetOptions(command: Command): Command {
  return command
    .option(
      '--data <folder>',
      'folder with <Domain>_5.json.gz and meta_<Domain>.json.gz; without it the domain is simulated',
    )
    .option('--domain <name>', 'the domain, e.g. Beauty', 'Pantry')
    .option(
      '--interactions <path>',
      'your own data instead: a file of interactions, or a folder that has one',
    )
    .option('--items <file>', 'the items of your own data, where they do not lie beside the interactions');
}

/** @throws InputError for options that do not go together. */
export function checkDatasetOptions({ data, interactions, items }: DatasetOptions): void {
  if (interactions !== undefined && data !== undefined)
    throw new InputError('--interactions', 'got --data as well', 'Give one of them');
  if (items !== undefined && interactions === undefined)
    throw new InputError('--items', 'expected --interactions as well');
}

/** `filter`: how files are read; nothing of it has a meaning for the embedded shop. */
export async function loadDataset(options: DatasetOptions, filter: FilterOptions = {}): Promise<Dataset> {
  checkDatasetOptions(options);
  const { data, domain, interactions, items } = options;
  const files = { ...filter, cache: folders.prepared };
  if (interactions !== undefined)
    return (await import('../data/sources')).readOwn(interactions, { ...files, items });
  if (data !== undefined) {
    await rejectOwnFiles(data, domain);
    return (await import('../data/sources')).readAmazon(data, domain, files);
  }
  const { simulateDomain } = await import('../data/simulation');
  return simulateDomain(domain as DomainName);
}

/** Somebody's own files are no Amazon domains called "interactions" and "items": says how they are read. */
async function rejectOwnFiles(folder: string, domain: string): Promise<void> {
  const { findAmazonFiles } = await import('../data/amazonFiles');
  const { findOwnFiles } = await import('../data/own/files');
  try {
    findAmazonFiles(folder, domain);
  } catch (cause) {
    let own: string;
    try {
      own = findOwnFiles(folder).interactions;
    } catch {
      throw cause;
    }
    if (own === folder) throw cause;
    throw new InputError(
      folder,
      `expected Amazon review files such as ${domain}_5.json.gz, got ${basename(own)}`,
      'Your own data: --interactions in the place of --data',
      { cause },
    );
  }
}
