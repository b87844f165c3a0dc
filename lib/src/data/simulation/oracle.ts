/**
 * The oracle of the simulation: the exact distribution of a user's next item given the history, by somebody who knows the
 * model and all its parameters but not the user's type and needs. No ranking of any recommender can do better in
 * expectation. Not a recommender: it reads hidden parameters. Called by reachable.ts, experiments and tests.
 *
 * Forward filter over the 12 types x 24 needs. With a_t(g, z) = P(g, z_t = z | x_1 .. x_{t-1}):
 *
 *   a_1(g, z) = pi_g(z) / 12
 *   a_{t+1}(g, z') ~ sum over z of a_t(g, z) P(x_t | z, g, history) T_g(z -> z')
 *   P(x_t = i | x_1 .. x_{t-1}) = sum over g, z of a_t(g, z) P(i | z, g, history)
 *
 * P(i | z, g, history) is that of choice.ts. A repeated item says nothing of the state: all states repeat equally often.
 */

import type { ChoiceModel } from './choice';
import { structure } from './parameters';

const { types, needs } = structure;
const states = types * needs;

export class Oracle {
  private readonly transitions: readonly Float64Array[];
  /** Per previous item row (-1 first), the sum of all items' weights in each state. */
  private readonly totals = new Map<number, Float64Array>();

  constructor(private readonly choice: ChoiceModel) {
    this.transitions = Array.from({ length: types }, (_, g) => {
      const matrix = new Float64Array(needs * needs);
      for (let z = 0; z < needs; z++) choice.transition(g, z, matrix.subarray(z * needs, (z + 1) * needs));
      return matrix;
    });
  }

  /** P(next item = id) at index id - 1, [items], given the item ids of the history, oldest first; sums to 1. */
  nextItem(history: ArrayLike<number>): Float64Array {
    const taken: number[] = [];
    let belief = this.prior();
    for (let t = 0; t < history.length; t++) {
      const item = history[t] - 1;
      if (!taken.includes(item)) {
        this.observe(belief, item, t === 0 ? -1 : history[t - 1] - 1, taken);
        taken.push(item);
      }
      belief = this.advance(belief);
    }
    return this.mixture(belief, history, taken);
  }

  private prior(): Float64Array {
    const belief = new Float64Array(states);
    this.choice.world.needShares.forEach((shares, g) => shares.forEach((share, z) => (belief[g * needs + z] = share / types)));
    return belief;
  }

  /** Multiplies by the probability of a fresh item in each state and normalises. (1 - repeat is equal in all and drops out.) */
  private observe(belief: Float64Array, item: number, previous: number, taken: readonly number[]): void {
    const rest = this.freshTotals(previous, taken);
    let sum = 0;
    for (let g = 0; g < types; g++) {
      for (let z = 0; z < needs; z++) {
        const s = g * needs + z;
        belief[s] *= (this.choice.needFactor[z][item] * this.choice.typeFactor[g][item]) / rest[s];
        sum += belief[s];
      }
    }
    for (let s = 0; s < states; s++) belief[s] /= sum;
  }

  private advance(belief: Float64Array): Float64Array {
    const next = new Float64Array(states);
    for (let g = 0; g < types; g++) {
      const matrix = this.transitions[g];
      for (let z = 0; z < needs; z++) {
        const weight = belief[g * needs + z];
        for (let to = 0; to < needs; to++) next[g * needs + to] += weight * matrix[z * needs + to];
      }
    }
    return next;
  }

  private mixture(belief: Float64Array, history: ArrayLike<number>, taken: readonly number[]): Float64Array {
    const { items, needFactor, typeFactor } = this.choice;
    const previous = history.length === 0 ? -1 : history[history.length - 1] - 1;
    const rest = this.freshTotals(previous, taken);
    const result = new Float64Array(items);
    const overNeeds = new Float64Array(items);
    for (let g = 0; g < types; g++) {
      overNeeds.fill(0);
      for (let z = 0; z < needs; z++) {
        const weight = belief[g * needs + z] / rest[g * needs + z];
        const factor = needFactor[z];
        for (let i = 0; i < items; i++) overNeeds[i] += weight * factor[i];
      }
      const factor = typeFactor[g];
      for (let i = 0; i < items; i++) result[i] += overNeeds[i] * factor[i];
    }
    const pull = this.choice.previousFactor(previous);
    const repeat = history.length === 0 ? 0 : this.choice.repeat;
    for (let i = 0; i < items; i++) result[i] *= (1 - repeat) * pull[i];
    for (const item of taken) result[item] = 0;
    for (let t = 0; t < history.length; t++) result[history[t] - 1] += repeat / history.length;
    return result;
  }

  /** Sum of the weights of items not yet taken, per state: all items less those taken. */
  private freshTotals(previous: number, taken: readonly number[]): Float64Array {
    let totals = this.totals.get(previous);
    if (totals === undefined) this.totals.set(previous, (totals = this.sumWeights(previous, [])));
    const pull = this.choice.previousFactor(previous);
    const rest = new Float64Array(states);
    for (let g = 0; g < types; g++) {
      for (let z = 0; z < needs; z++) {
        const s = g * needs + z;
        rest[s] = totals[s];
        for (const item of taken) rest[s] -= this.choice.needFactor[z][item] * this.choice.typeFactor[g][item] * pull[item];
        // Where almost nothing is left the difference has lost its digits: sum anew.
        if (rest[s] < 1e-6 * totals[s]) return this.sumWeights(previous, taken);
      }
    }
    return rest;
  }

  private sumWeights(previous: number, taken: readonly number[]): Float64Array {
    const { items, needFactor, typeFactor } = this.choice;
    const pull = this.choice.previousFactor(previous).slice();
    for (const item of taken) pull[item] = 0;
    const totals = new Float64Array(states);
    const ofType = new Float64Array(items);
    for (let g = 0; g < types; g++) {
      for (let i = 0; i < items; i++) ofType[i] = typeFactor[g][i] * pull[i];
      for (let z = 0; z < needs; z++) {
        const factor = needFactor[z];
        let sum = 0;
        for (let i = 0; i < items; i++) sum += ofType[i] * factor[i];
        totals[g * needs + z] = sum;
      }
    }
    return totals;
  }
}
