/**
 * The oracle of the embedded shop: the exact distribution of a user's next item given the history, by
 * somebody who knows the shop and all its parameters but not which type of shopper the user is. No ranking of
 * any recommender can do better in expectation. Not a recommender: it reads what is hidden.
 *
 *   b_1(g) = 1 / G                                     G shopper types, equally frequent
 *   b_{t+1}(g) ~ b_t(g) P(x_t | g, x_1 .. x_{t-1})     Bayes' rule; a repeated item says nothing of the type
 *   P(x_t = i | x_1 .. x_{t-1}) = (1 - repeat) sum over g of b_t(g) P(i | g, history)
 *                                  + repeat * (share of i in the history)
 *
 * P(i | g, history) is that of choice.ts.
 */
import type { ChoiceModel } from './choice';

/**
 * The exact distribution of a user's next item, by somebody who knows the shop but not which type of shopper
 * the user is. No ranking does better in expectation.
 */
export class Oracle {
  constructor(
    private readonly choice: ChoiceModel,
    private readonly repeat: number,
  ) {}

  /**
   * P(next item = id) at index id - 1, [items], given the item ids of the history, oldest first; sums to 1.
   */
  nextItem(history: ArrayLike<number>): Float64Array {
    const rows = Array.from(history, (id) => id - 1);
    const fresh = this.choice.fresh(rows, new Set(rows));
    const share = rows.length === 0 ? 1 : 1 - this.repeat;
    const result = new Float64Array(this.choice.items);
    this.belief(rows).forEach((weight, g) => {
      const probability = fresh(g);
      for (let row = 0; row < result.length; row++) result[row] += share * weight * probability(row);
    });
    for (const row of rows) result[row] += this.repeat / rows.length;
    return result;
  }

  /** P(shopper type | history), for item rows, oldest first. */
  private belief(rows: readonly number[]): Float64Array {
    let belief = new Float64Array(this.choice.shoppers).fill(1 / this.choice.shoppers);
    const taken = new Set<number>();
    rows.forEach((row, t) => {
      if (taken.has(row)) return;
      const fresh = this.choice.fresh(rows.slice(0, t), taken);
      belief = belief.map((share, g) => share * fresh(g)(row));
      const sum = belief.reduce((total, share) => total + share, 0);
      belief = belief.map((share) => share / sum);
      taken.add(row);
    });
    return belief;
  }
}
