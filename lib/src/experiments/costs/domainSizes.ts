/** How large a domain is before it is read. For estimates of cost only. */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { constants, gunzipSync } from 'node:zlib';
import { findAmazonFiles } from '../../data/amazonFiles';
import { ownSource } from '../../data/own/files';
import { domainSize, type DomainName } from '../../data/simulation/parameters';
import type { DatasetStatistics } from '../../data/statistics';
import { paperTables } from '../paper';
import type { Profile } from '../profiles';
import { remembered } from '../remembered';

export interface DomainSizes {
  readonly users: number;
  readonly items: number;
  /** Interactions of a user. */
  readonly meanLength: number;
  readonly evaluated: number;
}

/** Interactions and items for a user, as 5-core domains have them. */
const LENGTH = 9;
const ITEMS_PER_USER = 0.55;
/** The beginning of a review file, to see how many bytes an interaction takes. */
const SAMPLE_BYTES = 2 ** 16;
/** Share of users whose last two items were trained on (method 2.1). */
const EVALUATED = 0.8;

/**
 * From the statistics if they are known; else the simulation's own size, the paper's Table 2, or the size of
 * the file. Each domain is looked up once.
 */
export function domainSizes(
  profile: Profile,
  known: (domain: string) => DatasetStatistics | undefined,
): (domain: string) => DomainSizes {
  return remembered((domain) => {
    const statistics = known(domain);
    return statistics === undefined ? estimated(profile, domain) : measured(statistics);
  });
}

function measured({ users, items, averageLength, evaluationUsers }: DatasetStatistics): DomainSizes {
  return { users, items, meanLength: averageLength, evaluated: evaluationUsers };
}

function estimated(profile: Profile, domain: string): DomainSizes {
  const { given, own } = profile;
  if (given === undefined) {
    const { users, items, meanLength } = domainSize(domain as DomainName, profile.simulation.size);
    return { users, items, meanLength, evaluated: 0.95 * users };
  }
  const { users: most, set } =
    domain !== own?.name && profile.pretrainingDomains.includes(domain) ? given.pretraining : given.evaluated;
  const printed = paperTables().table2[domain];
  const files = (): string[] =>
    domain === own?.name
      ? [...ownSource(own.interactions, own.items).files.interactions]
      : [findAmazonFiles(given.data, domain, set === 'any' ? undefined : set).reviews];
  const whole =
    domain !== own?.name && printed?.users != null
      ? { users: printed.users, items: printed.items ?? 0, meanLength: printed.avgLen ?? LENGTH }
      : fromFiles(files);
  const users = most === 0 ? whole.users : Math.min(most, whole.users);
  const items = Math.min(whole.items, Math.ceil(users * whole.meanLength));
  return { users, items, meanLength: whole.meanLength, evaluated: EVALUATED * users };
}

function fromFiles(files: () => readonly string[]): Omit<DomainSizes, 'evaluated'> {
  try {
    const users = files().reduce((sum, file) => sum + interactionsIn(file), 0) / LENGTH;
    return { users, items: ITEMS_PER_USER * users, meanLength: LENGTH };
  } catch {
    // What is wrong with a file, the run says.
    return { users: 5000, items: 3000, meanLength: LENGTH };
  }
}

/** Lines of a file, compressed or not, if all of it is like its beginning. */
function interactionsIn(file: string): number {
  const { size } = statSync(file);
  const sample = Buffer.alloc(Math.min(size, SAMPLE_BYTES));
  const handle = openSync(file, 'r');
  try {
    readSync(handle, sample, 0, sample.length, 0);
  } finally {
    closeSync(handle);
  }
  // What is left of the last line, and of the last block, does not matter.
  const text = file.endsWith('.gz') ? gunzipSync(sample, { finishFlush: constants.Z_SYNC_FLUSH }) : sample;
  let lines = 0;
  for (const byte of text) if (byte === 10) lines++;
  return (size * lines) / Math.max(1, sample.length);
}
