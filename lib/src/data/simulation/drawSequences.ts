/**
 * Draws the histories of simulated users from the choice model. Called by simulateDomain.ts.
 */

import type { ChoiceModel } from './choice';
import { structure, type DomainSize } from './parameters';
import type { Stream } from './random';
import { lengthDistribution } from './lengths';

const { types, needs } = structure;

/** One array of item ids (1..items, oldest first) per user. */
export function drawSequences(model: ChoiceModel, size: DomainSize, random: Stream): number[][] {
  const drawLength = lengthDistribution(size.meanLength, size.minLength);
  const lengths = Array.from({ length: size.users }, () => drawLength(random));
  return lengths.map((length) => drawSequence(model, length, random));
}

function drawSequence(model: ChoiceModel, length: number, random: Stream): number[] {
  const g = random.below(types);
  const row = new Float64Array(needs);
  let z = random.choose(model.world.needShares[g]);
  const history: number[] = [];
  while (history.length < length) {
    if (history.length > 0) {
      model.transition(g, z, row);
      z = random.choose(row);
      if (random.uniform() < model.repeat) {
        history.push(history[random.below(history.length)]);
        continue;
      }
    }
    history.push(drawFresh(model, g, z, history, random));
  }
  return history;
}

/** An item that is not in the history. Needs more items than the longest history; simulateDomain.ts checks that. */
function drawFresh(model: ChoiceModel, g: number, z: number, history: readonly number[], random: Stream): number {
  const need = model.needFactor[z];
  const type = model.typeFactor[g];
  const previous = model.previousFactor(history.length === 0 ? -1 : history[history.length - 1] - 1);
  const weights = new Float64Array(model.items);
  for (let i = 0; i < weights.length; i++) weights[i] = need[i] * type[i] * previous[i];
  for (const id of history) weights[id - 1] = 0;
  return random.choose(weights) + 1;
}
