/**
 * One REC of a fine-tuning that kept several: the one that a protocol selected (Table 3: sampled, Table 4:
 * full), or the one whose item table was trained as well (Table 5). Pure; for readers of stored results.
 */
import { underPrefix } from '../../engine/prefixes';
import type { Protocol } from '../../evaluation';
import type { StageResult } from '../../pipeline/stage';
import type { FinetuneFacts, TiedTestFacts } from './finetuneFacts';

/** Front of the names of a further protocol's arrays: model/..., ranks/..., users, targets. */
export function selectedPrefix(protocol: Protocol): string {
  return `by ${protocol}/`;
}

/** Front of the names of REC.trainable's arrays: ranks/..., users, targets. */
export const TRAINABLE_PREFIX = 'trainable/';

/**
 * REC.trainable's ranks and metrics under the usual names, out of a fine-tuning that trained one beside REC.
 */
export function trainableRec({ json, arrays }: StageResult<FinetuneFacts>): StageResult<TiedTestFacts> {
  const { trainable } = json;
  if (trainable === undefined)
    throw new Error(
      'trainableRec: expected a fine-tuning with a second FT2 that trains the table, got one without',
    );
  return { json: trainable, arrays: underPrefix(TRAINABLE_PREFIX, arrays) };
}

/**
 * The result with the weights, ranks and metrics that `protocol` selected under the usual names. Where it
 * chose the same epoch as the first protocol, nothing is stored twice and the result is as it is. The FT
 * table is the first protocol's in any case (D46).
 */
export function selectedBy(
  result: StageResult<FinetuneFacts>,
  protocol: Protocol,
): StageResult<FinetuneFacts> {
  const facts = result.json;
  // Nothing was tuned, so nothing was selected.
  if (facts.selected === undefined) return result;
  const own = facts.selected[protocol];
  if (own === undefined)
    throw new Error(
      `selectedBy: expected a fine-tuning selected by ${protocol}, got one by ` +
        `${Object.keys(facts.selected).join(', ')}`,
    );
  const arrays = underPrefix(selectedPrefix(protocol), result.arrays);
  return {
    json: { ...facts, test: own.test, tiedUsers: own.tiedUsers },
    arrays: { ...result.arrays, ...arrays },
  };
}
