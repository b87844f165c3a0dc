/**
 * Finds the files of a domain in a folder of Amazon review data: `<Domain>_5.json.gz` (5-core),
 * `<Domain>.json.gz` or `.jsonl.gz` (all reviews) or a ratings-only CSV, and `meta_<Domain>.json.gz` or
 * `.jsonl.gz`; each also without .gz.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { InputError, unknownName } from '../errors';
import { AMAZON_DOMAINS } from './amazonDomains';
import { statOf, unreadable } from '../readableFile';

/** Which review file of a domain: "5core", all of them ("full"), or "ratings" (CSV without texts). */
export type AmazonSet = '5core' | 'full' | 'ratings';
export const AMAZON_SETS: readonly AmazonSet[] = ['5core', 'full', 'ratings'];

export interface AmazonFiles {
  domain: string;
  set: AmazonSet;
  reviews: string;
  /** Absent if the folder has no metadata of the domain. */
  metadata?: string;
}

/** Names without .gz; the form of 2018, that of 2014, and that of 2023. */
const PATTERNS: Record<AmazonSet, (domain: string) => string[]> = {
  '5core': (domain) => [`${domain}_5.json`, `reviews_${domain}_5.json`],
  full: (domain) => [`${domain}.json`, `reviews_${domain}.json`, `${domain}.jsonl`],
  ratings: (domain) => [`${domain}.csv`, `ratings_${domain}.csv`],
};
const METADATA = (domain: string): string[] => [`meta_${domain}.json`, `meta_${domain}.jsonl`];

/**
 * @param set the review file wanted; by default the first that exists of 5core, full, ratings.
 * @throws InputError if the folder cannot be read, or does not have the domain (the message lists those it
 * has).
 */
export function findAmazonFiles(folder: string, domain: string, set?: AmazonSet): AmazonFiles {
  const known = listAmazonDomains(folder);
  const alias = AMAZON_DOMAINS.find((entry) => entry.paper === domain)?.files;
  const name = [domain, alias].find((candidate) => candidate !== undefined && known.includes(candidate));
  if (name === undefined) {
    if (known.length === 0)
      throw new InputError(
        folder,
        'expected Amazon review files such as Beauty_5.json.gz, got none',
        'Give the folder that holds them, or fetch a domain: elephant fetch <domain>',
      );
    throw unknownName(folder, 'domain', domain, known);
  }
  const inFolder = (names: string[]): string | undefined =>
    names
      .flatMap((file) => [`${file}.gz`, file])
      .map((file) => join(folder, file))
      .find((path) => existsSync(path));
  const sets = set === undefined ? AMAZON_SETS : [set];
  for (const candidate of sets) {
    const reviews = inFolder(PATTERNS[candidate](name));
    if (reviews)
      return {
        domain: name,
        set: candidate,
        reviews,
        metadata: inFolder(METADATA(name)),
      };
  }
  throw new InputError(
    join(folder, name),
    `expected the "${set}" reviews (${PATTERNS[set!](name)[0]}.gz), got none`,
    'Choose another set or fetch the file',
  );
}

/** The domains that a folder has reviews of, sorted. @throws InputError if the folder cannot be read. */
export function listAmazonDomains(folder: string): string[] {
  let names: string[];
  try {
    if (!statOf(folder, 'a readable folder').isDirectory())
      throw new InputError(folder, 'expected a readable folder, got a file', 'Give the folder that it is in');
    names = readdirSync(folder);
  } catch (cause) {
    throw cause instanceof InputError ? cause : unreadable(folder, cause, 'a readable folder');
  }
  const domains = names
    .map((name) => /^(?!meta_)(?:reviews_|ratings_)?(.+?)(?:_5)?\.(?:jsonl?|csv)(?:\.gz)?$/.exec(name)?.[1])
    .filter((domain): domain is string => domain !== undefined);
  return [...new Set(domains)].sort();
}
