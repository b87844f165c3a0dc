/**
 * Stage: a user's own interactions and items, read with the profile's options, with a limited number of
 * users.
 */
import { FILTER_DEFAULTS } from '../../data/filters';
import { readOwnWithReport } from '../../data/own/readOwn';
import type { SourceOptions } from '../../data/reading/readSource';
import type { StageFunction } from '../../pipeline/stage';
import { storeDataset, type DatasetFacts } from './storedDataset';
import { withUsers } from './withUsers';

export interface OwnDatasetConfig {
  /** The data's name. */
  domain: string;
  /** How the files are read, and the filters. */
  reading: SourceOptions;
  /** Users at most, a seeded draw; 0: all. */
  users: number;
  /** Content of the files, so that the key follows it. */
  files: { interactions: string[]; items: string[] };
}

export const run: StageFunction<OwnDatasetConfig, DatasetFacts> = async (
  { domain, reading, users },
  _,
  { threads, sources: { interactions, items } },
) => {
  const { dataset, report } = await readOwnWithReport(interactions, {
    ...reading,
    name: domain,
    items,
    threads,
  });
  const drawn = withUsers(dataset, users, reading.sampleSeed ?? FILTER_DEFAULTS.sampleSeed);
  const { json, arrays } = storeDataset(drawn);
  return { json: { ...json, report }, arrays };
};
