/** What `elephant train` trains on: the domain, of files or simulated, and the item table. */
import { basename } from 'node:path';
import type { Dataset } from '../../data';
import type { DomainName } from '../../data/simulation';
import { InputError } from '../../errors';
import { folders } from '../../project';
import type { ItemTable } from '../../text/itemTable';
import type { TrainOptions } from './commandLine';
import { defined } from './defined';

export async function load({
  data,
  domain,
  tiesInTime,
  dropDuplicates,
  exclusion,
}: TrainOptions): Promise<Dataset> {
  if (data !== undefined) {
    const { readAmazon } = await import('../../data/sources');
    await rejectOwnFiles(data, domain);
    return readAmazon(data, domain, {
      cache: folders.prepared,
      ...defined({ ties: tiesInTime, duplicates: dropDuplicates ? 'drop' : undefined, exclusion }),
    });
  }
  const unused = Object.entries({
    '--ties-in-time': tiesInTime,
    '--drop-duplicates': dropDuplicates,
    '--exclusion': exclusion,
  }).find(([, value]) => value !== undefined);
  if (unused !== undefined)
    throw new InputError(
      unused[0],
      'expected --data, got a simulated domain',
      'The option says how files are read',
    );
  const { simulateDomain } = await import('../../data/simulation');
  return simulateDomain(domain as DomainName);
}

/** Somebody's own files are no Amazon domains called "interactions" and "items": says how they are read. */
async function rejectOwnFiles(folder: string, domain: string): Promise<void> {
  const { findAmazonFiles } = await import('../../data/amazonFiles');
  const { findOwnFiles } = await import('../../data/own/files');
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
      'Your own data are read and trained on through the library: see "Your own data" in README.md',
      { cause },
    );
  }
}

/** `dim` and `seed`: of a lexical table. */
export async function tableOf(
  table: string,
  { dim, seed }: { dim: number; seed: number },
  dataset: Dataset,
): Promise<ItemTable | undefined> {
  if (table === 'random') return undefined;
  if (table === 'lexical') return (await import('../../text')).lexicalTable(dataset.itemTexts, dim, seed);
  return (await import('../../models/longformer/encodeTable')).readTable(
    table,
    dataset.items,
    dataset.itemKeys,
  );
}
