/** Ranks of every test user as arrays of a stage result and back. */
import type { HostTensor, NamedHostTensors } from '../../engine/types';
import type { Evaluation } from '../../evaluation/evaluate';
import type { Metrics, Ranks } from '../../evaluation/metrics';
import { type Protocol, PROTOCOLS } from '../../evaluation/options';
import type { StageResult } from '../../pipeline/stage';

/** What every stage says that ranks the test users. */
export interface TestFacts {
  test: Record<Protocol, Metrics>;
}

export function storeEvaluation({ users, targets, ranks }: Evaluation): NamedHostTensors {
  const vector = (data: Int32Array): HostTensor => ({ shape: [data.length], dtype: 'int32', data });
  const arrays: Record<string, HostTensor> = { users: vector(users), targets: vector(targets) };
  for (const protocol of PROTOCOLS) {
    arrays[`ranks/${protocol}/above`] = vector(ranks[protocol].above);
    arrays[`ranks/${protocol}/ties`] = vector(ranks[protocol].ties);
  }
  return arrays;
}

export function storedRanks({ arrays }: StageResult, protocol: Protocol): Ranks {
  return {
    above: arrays[`ranks/${protocol}/above`].data as Int32Array,
    ties: arrays[`ranks/${protocol}/ties`].data as Int32Array,
  };
}
