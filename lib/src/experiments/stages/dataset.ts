/** Stage: one simulated domain. */
import { datasetStatistics } from '../../data/statistics';
import type { DomainName, SimulationSize, SimulationWorld } from '../../data/simulation/parameters';
import { simulateDomain } from '../../data/simulation/simulateDomain';
import type { StageFunction } from '../../pipeline/stage';
import { storeDataset } from './storedDataset';

export interface DatasetConfig {
  domain: DomainName;
  world: SimulationWorld;
  size: SimulationSize;
  seed: number;
  /** Fingerprint of the shop's words: not code, so it must be said. */
  lexicon: string;
}

export const run: StageFunction = async (config) => {
  const { domain, world, size, seed } = config as unknown as DatasetConfig;
  const dataset = simulateDomain(domain, { world, size, seed });
  const stored = storeDataset(dataset);
  return {
    ...stored,
    json: { ...(stored.json as object), statistics: { ...datasetStatistics(dataset) } } as never,
  };
};
