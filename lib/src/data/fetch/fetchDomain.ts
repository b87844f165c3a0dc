/**
 * Fetches the files of an Amazon domain from the dataset's site (or a mirror with the same folders) for
 * readAmazon.
 *
 * Addresses: the dataset's page nijianmo.github.io/amazon links to files under
 * mcauleylab.ucsd.edu/public_datasets. The site publishes no checksums, so a file is whole when its length is
 * as announced and its gzip checksum holds; our own SHA-256 is kept beside it.
 */
import { InputError, unknownName } from '../../errors';
import { AMAZON_CATEGORIES, AMAZON_DOMAINS } from '../amazonDomains';
import type { AmazonSet } from '../amazonFiles';
import { ensureFile, type FetchedFile } from './checksums';
import { formatOf } from './format';
import type { DownloadOptions } from './download';

/** Where the files of 2018 are. */
export const AMAZON_SITE = 'https://mcauleylab.ucsd.edu/public_datasets/data/amazon_v2';

/** Which files, from where, and how persistently. */
export interface FetchDomainOptions extends Omit<DownloadOptions, 'expected'> {
  /** Which reviews; 5core by default, which are by far the smallest. */
  set?: AmazonSet;
  /** Whether to fetch the items' metadata, too; true by default. */
  metadata?: boolean;
  /**
   * Base address with the folders categoryFiles, categoryFilesSmall and metaFiles2; the dataset's site by
   * default.
   */
  mirror?: string;
  /** Fetch files again that are already there. */
  again?: boolean;
}

const REVIEWS: Record<AmazonSet, (category: string) => string> = {
  '5core': (category) => `categoryFilesSmall/${category}_5.json.gz`,
  full: (category) => `categoryFiles/${category}.json.gz`,
  ratings: (category) => `categoryFilesSmall/${category}.csv`,
};

/**
 * Fetches the review and metadata files of one domain into `folder`, for readAmazon. Files that are there and
 * whole are left; an interrupted download resumes.
 * @param domain a name of the paper ("Pantry") or of the dataset ("Prime_Pantry").
 * @returns the files, whether fetched now (`fresh`) or already there.
 * @throws InputError for an unknown domain and for files that cannot be had.
 * @example
 * ```ts
 * import { fetchDomain } from 'elephant/data';
 * for (const { name, bytes } of await fetchDomain('Pantry', 'data/raw')) console.log(name, bytes);
 * ```
 */
export async function fetchDomain(
  domain: string,
  folder: string,
  options: FetchDomainOptions = {},
): Promise<(FetchedFile & { fresh: boolean })[]> {
  const { set = '5core', metadata = true, mirror = AMAZON_SITE, ...rest } = options;
  const files = domainUrls(domain, set, metadata, mirror);
  const fetched = [];
  for (const { name, url } of files)
    fetched.push(await ensureFile(folder, name, url, { ...rest, expected: { format: formatOf(name) } }));
  return fetched;
}

/** Names and addresses of the files that fetchDomain would fetch, without asking anybody. */
export function domainUrls(
  domain: string,
  set: AmazonSet = '5core',
  metadata = true,
  mirror: string = AMAZON_SITE,
): { name: string; url: string }[] {
  const category =
    AMAZON_DOMAINS.find(({ paper }) => paper.toLowerCase() === domain.toLowerCase())?.files ??
    AMAZON_CATEGORIES.find((name) => name.toLowerCase() === domain.toLowerCase());
  if (category === undefined) {
    throw unknownName('fetch', 'domain', domain, [
      ...new Set([...AMAZON_DOMAINS.map(({ paper }) => paper), ...AMAZON_CATEGORIES]),
    ]);
  }
  if (!/^https?:\/\//.test(mirror))
    throw new InputError('fetch', `expected a mirror that begins with https:// or http://, got ${mirror}`);
  const paths = [REVIEWS[set](category), ...(metadata ? [`metaFiles2/meta_${category}.json.gz`] : [])];
  return paths.map((path) => ({
    name: path.slice(path.indexOf('/') + 1),
    url: `${mirror.replace(/\/+$/, '')}/${path}`,
  }));
}
