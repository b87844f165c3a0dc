/** Stage: one domain of Amazon reviews, read from the profile's folder, with a limited number of users. */
import { readAmazonWithReport } from '../../data/amazon';
import type { AmazonSet } from '../../data/amazonFiles';
import { FILTER_DEFAULTS, type FilterOptions } from '../../data/filters';
import type { StageFunction } from '../../pipeline/stage';
import { storeDataset, type DatasetFacts } from './storedDataset';
import { withUsers } from './withUsers';

export interface AmazonDatasetConfig {
  domain: string;
  filter: FilterOptions;
  /** Absent: the first that exists of 5-core, full, ratings. */
  set?: AmazonSet;
  /** Users at most, a seeded draw; 0: all. */
  users: number;
  /** Content of the files, so that the key follows it. */
  files: Record<string, string>;
}

export const run: StageFunction<AmazonDatasetConfig, DatasetFacts> = async (
  { domain, filter, set, users },
  _,
  { threads, sources },
) => {
  const { dataset, report } = await readAmazonWithReport(sources.data, domain, { ...filter, set, threads });
  const drawn = withUsers(
    { ...dataset, name: domain },
    users,
    filter.sampleSeed ?? FILTER_DEFAULTS.sampleSeed,
  );
  const { json, arrays } = storeDataset(drawn);
  return { json: { ...json, report }, arrays };
};
