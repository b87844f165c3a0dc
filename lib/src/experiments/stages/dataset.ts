/** Stage: one simulated domain. */
import {
  domainSize,
  type DomainName,
  type SimulationSize,
  type SimulationWorld,
} from '../../data/simulation/parameters';
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
  /** Share of the items that keep their own text; all if absent. */
  textsKept?: number;
  /** Factor on the number of users of the size; 1 if absent. */
  users?: number;
}

export const run: StageFunction<DatasetConfig, DatasetFacts> = async ({
  domain,
  world,
  size,
  seed,
  textsKept,
  users = 1,
}) => {
  const sizeOverrides = { users: Math.round(users * domainSize(domain, size).users) };
  return storeDataset(simulateDomain(domain, { world, size, seed, sizeOverrides, textsKept }));
};
