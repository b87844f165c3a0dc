/**
 * REC as one protocol selected it, out of a fine-tuning whose one trajectory was validated under several (Table 3: sampled, Table 4:
 * full). Pure; for readers of stored results.
 */
import type { Protocol } from '../../evaluation';
import type { Json } from '../contentKey';
import type { StageResult } from '../stage';
import type { FinetuneJson } from './finetuneJson';

/** Front of the names of a further protocol's arrays: model/..., ranks/..., users, targets. */
export function selectedPrefix(protocol: Protocol): string {
  return `by ${protocol}/`;
}

/**
 * The result with the weights, ranks and metrics that `protocol` selected under the usual names. Where it chose the same epoch as
 * the first protocol, nothing is stored twice and the result is as it is. The FT table is the first protocol's in any case (D46).
 */
export function selectedBy(result: StageResult, protocol: Protocol): StageResult {
  const facts = result.json as unknown as FinetuneJson;
  // Nothing was tuned, so nothing was selected.
  if (facts.selected === undefined) return result;
  const own = facts.selected[protocol];
  if (own === undefined) throw new Error(`selectedBy: expected a fine-tuning selected by ${protocol}, got one by ${Object.keys(facts.selected).join(', ')}`);
  const prefix = selectedPrefix(protocol);
  const arrays = Object.fromEntries(Object.entries(result.arrays).filter(([name]) => name.startsWith(prefix)).map(([name, array]) => [name.slice(prefix.length), array]));
  return { json: { ...facts, test: own.test, tiedUsers: own.tiedUsers } as unknown as Json, arrays: { ...result.arrays, ...arrays } };
}
