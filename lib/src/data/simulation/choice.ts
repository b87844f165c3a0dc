/**
 * The probability of the next item, given everything that is hidden: the one place where the simulation's central equation
 * is computed. Drawing sequences (drawSequences.ts) and the oracle (oracle.ts) both call it, so they cannot disagree.
 *
 *   fresh(i | z, g, previous) ~ exp(pop_i + beta v_i . n_z + theta v_i . t_g + gamma v_i . W v_previous) / m_i, i not in the history
 *   m_i = mean over types g and needs z of exp(beta v_i . n_z + theta v_i . t_g)
 *   P(i) = (1 - repeat) fresh(i) + repeat * (share of i in the history); the first item is always fresh
 *
 * Without m_i an item with a long vector would be somebody's strong favourite in every need and so popular with all:
 * popularity would follow from the text (measured: an AUC of popularity of 0.80 where real files have 0.60 to 0.64).
 */

import type { Catalogue } from './catalogue';
import { structure } from './parameters';
import type { World } from './world';

const { dimensions: D, types, needs } = structure;

/** Above this many items the factors of a previous item are computed anew instead of kept (32 MB at the limit). */
const mostKept = 2000;

/** Weights are stored by item row (id - 1). */
export class ChoiceModel {
  readonly items: number;
  readonly repeat: number;
  /** exp(beta v_i . n_z): per need one value per item. */
  readonly needFactor: readonly Float64Array[];
  /** exp(pop_i + theta v_i . t_g) / m_i: per type one value per item. */
  readonly typeFactor: readonly Float64Array[];
  private readonly kept: (Float64Array | undefined)[] = [];
  private readonly ones: Float64Array;

  constructor(
    readonly world: World,
    private readonly catalogue: Catalogue,
  ) {
    const { beta, theta, repeat } = world.parameters;
    const V = (this.items = catalogue.popularity.length);
    this.repeat = repeat;
    this.ones = new Float64Array(V).fill(1);
    this.needFactor = Array.from({ length: needs }, (_, z) => this.factors(world.needVectors.subarray(z * D, z * D + D), beta));
    const tasteFactor = Array.from({ length: types }, (_, g) => this.factors(world.tastes.subarray(g * D, g * D + D), theta));
    const appeal = this.meanAppeal(tasteFactor);
    this.typeFactor = tasteFactor.map((factor) => factor.map((value, i) => (value * Math.exp(catalogue.popularity[i])) / appeal[i]));
  }

  /** exp(gamma v_i . W v_previous) per item; all 1 where there is no previous item (row -1). */
  previousFactor(previous: number): Float64Array {
    if (previous < 0) return this.ones;
    const kept = this.kept[previous];
    if (kept !== undefined) return kept;
    const { pull, parameters } = this.world;
    const target = new Float64Array(D);
    for (let r = 0; r < D; r++) {
      for (let c = 0; c < D; c++) target[r] += pull[r * D + c] * this.catalogue.vectors[previous * D + c];
    }
    const factors = this.factors(target, parameters.gamma);
    if (this.items <= mostKept) this.kept[previous] = factors;
    return factors;
  }

  /** P(need at the next step | need now), for a user of type `g`: fills `row` (length needs). */
  transition(g: number, z: number, row: Float64Array): void {
    const { complements, needShares } = this.world;
    const fresh = 1 - structure.stay - structure.complement;
    for (let next = 0; next < needs; next++) row[next] = structure.complement * complements[z][next] + fresh * needShares[g][next];
    row[z] += structure.stay;
  }

  /** m_i: mean over users about to make their first choice, [items]. */
  private meanAppeal(tasteFactor: readonly Float64Array[]): Float64Array {
    const appeal = new Float64Array(this.items);
    for (let g = 0; g < types; g++) {
      for (let z = 0; z < needs; z++) {
        const share = this.world.needShares[g][z] / types;
        for (let i = 0; i < appeal.length; i++) appeal[i] += share * tasteFactor[g][i] * this.needFactor[z][i];
      }
    }
    return appeal;
  }

  private factors(direction: ArrayLike<number>, weight: number): Float64Array {
    const result = new Float64Array(this.items);
    const { vectors } = this.catalogue;
    for (let i = 0; i < result.length; i++) {
      let dot = 0;
      for (let k = 0; k < D; k++) dot += vectors[i * D + k] * direction[k];
      result[i] = Math.exp(weight * dot);
    }
    return result;
  }
}
