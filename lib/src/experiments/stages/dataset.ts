/** Stage: one simulated domain. */
import type { DomainName, SimulationSize, SimulationWorld } from '../../data/simulation/parameters';
import { simulateDomain } from '../../data/simulation/simulateDomain';
import type { StageFunction } from '../../pipeline/stage';
import { storeDataset, type DatasetFacts } from './storedDataset';

export interface DatasetConfig {
  domain: DomainName;
  world: SimulationWorld;
  size: SimulationSize;
  seed: number;
  /** Fingerprint of the shop's words: not code, so it must be said. */
  lexicon: string;
}

export const run: StageFunction<DatasetConfig, DatasetFacts> = async ({ domain, world, size, seed }) => {
  return storeDataset(simulateDomain(domain, { world, size, seed }));
};
