/**
 * The probability of the next item for a shopper of a known type: the one place where the shop's central
 * equation is computed. Drawing histories (drawSequences.ts) and the oracle (oracle.ts) both use it, so they
 * cannot disagree. simulateDomain.ts has the equation.
 */
import type { SimulatedCatalogue, CatalogueItem } from './catalogue';
import { MOST_KINDS } from './lexicon';
import { structure, type DomainName } from './parameters';
import { Stream, zipf } from './random';
import { domainBehaviour, type DomainBehaviour, type Shop } from './shop';

/** A recent item that the next one may be near to, and the probability that it is this one. */
interface Anchor {
  readonly row: number;
  readonly weight: number;
}

/** Items by row (id - 1), shopper types by index. */
export class ChoiceModel {
  readonly items: number;
  readonly shoppers: number;
  private readonly behaviour: DomainBehaviour;
  /** Rows of each product type. */
  private readonly byType: readonly (readonly number[])[];
  /**
   * P(product type | type of the anchor, the anchor matters): rows sum to stay + category + complement, less
   * what has no items.
   */
  private readonly near: readonly Float64Array[];
  /** Per item, its companions with weights that sum to 1. */
  private readonly companions: readonly ReadonlyMap<number, number>[];
  /** exp(popularity), and its sum over all items. */
  private readonly appeal: Float64Array;
  private readonly totalAppeal: number;
  /** exp(popularity + taste * liked values), per shopper type. */
  private readonly liking: readonly Float64Array[];
  /** Interest of each shopper type in each product type; sums to 1 over types that have items. */
  private readonly interest: readonly Float64Array[];
  /** Per anchor, for each item: values in common, plus SAME_BRAND. */
  private readonly kept: (Uint8Array | undefined)[] = [];
  /**
   * exp(alike * values in common + brand * same brand) by what `kept` says; the brand counts for loyal
   * shoppers only.
   */
  private readonly likeness: Readonly<Record<'loyal' | 'other', Float64Array>>;

  constructor(
    private readonly shop: Shop,
    domain: DomainName,
    private readonly catalogue: SimulatedCatalogue,
  ) {
    const { items, types } = catalogue;
    const { alike, brand, taste } = shop.parameters;
    this.items = items.length;
    this.shoppers = shop.shoppers.length;
    this.behaviour = domainBehaviour(shop, domain);
    this.byType = Array.from({ length: types }, (_, type) =>
      items.flatMap((item, row) => (item.type === type ? [row] : [])),
    );
    this.near = this.byType.map((_, type) => this.nearTypes(type));
    this.appeal = Float64Array.from(items, ({ popularity }) => Math.fround(Math.exp(popularity)));
    this.totalAppeal = this.appeal.reduce((sum, value) => sum + value, 0);
    this.liking = shop.shoppers.map((_, g) =>
      Float64Array.from(
        items,
        (item, row) => this.appeal[row] * Math.fround(Math.exp(taste * this.likedValues(g, item))),
      ),
    );
    this.interest = shop.shoppers.map((_, g) => this.interests(g));
    const likeness = (brandWeight: number): Float64Array =>
      Float64Array.from({ length: 2 * SAME_BRAND }, (_, code) =>
        Math.fround(Math.exp(alike * (code % SAME_BRAND) + (code >= SAME_BRAND ? brandWeight : 0))),
      );
    this.likeness = { loyal: likeness(brand), other: likeness(0) };
    this.companions = this.drawCompanions(new Stream(shop.seed, `companions/${domain}`));
  }

  /**
   * Draws a row that is not in the history (rows, oldest first). There must be one: simulateDomain.ts checks
   * the sizes.
   */
  draw(g: number, history: readonly number[], taken: ReadonlySet<number>, random: Stream): number {
    const { popular, companion } = this.shop.parameters;
    const anchors = this.anchors(history);
    for (;;) {
      let u = random.uniform();
      if ((u -= popular) < 0) return this.pick(null, (row) => this.appeal[row], taken, random) as number;
      let [shares, anchor]: [Float64Array, Anchor | undefined] = [this.interest[g], undefined];
      if (anchors.length > 0) {
        const recent = anchors[random.choose(anchors.map(({ weight }) => weight))];
        const near = this.near[this.catalogue.items[recent.row].type];
        if ((u -= companion) < 0) {
          const [rows, weights] = [
            [...this.companions[recent.row].keys()],
            [...this.companions[recent.row].values()],
          ];
          const row = rows[random.choose(weights)];
          if (!taken.has(row)) return row;
          continue;
        }
        if ((u -= near.reduce((sum, share) => sum + share, 0)) < 0) [shares, anchor] = [near, recent];
      }
      const row = this.pick(
        this.byType[random.choose(shares)],
        (item) => this.weight(g, item, anchor),
        taken,
        random,
      );
      // If nothing of the type is left, draw again, as for a taken companion: its share goes to all others.
      if (row !== undefined) return row;
    }
  }

  /** P(row | shopper type, history, fresh) as a function of g and row; rows of the history have none. */
  fresh(history: readonly number[], taken: ReadonlySet<number>): (g: number) => (row: number) => number {
    const { popular, companion } = this.shop.parameters;
    const { items } = this.catalogue;
    const anchors = this.anchors(history);
    const nearby = new Float64Array(this.byType.length);
    for (const { row, weight } of anchors)
      this.near[items[row].type].forEach((share, type) => (nearby[type] += weight * share));
    const interest =
      1 - popular - (anchors.length > 0 ? companion : 0) - nearby.reduce((sum, share) => sum + share, 0);
    const companions = new Map<number, number>();
    for (const { row, weight } of anchors)
      for (const [other, share] of this.companions[row])
        companions.set(other, (companions.get(other) ?? 0) + companion * weight * share);
    let takenCompanions = 0;
    for (const [row, share] of companions) if (taken.has(row)) takenCompanions += share;
    const gone = this.exhausted(taken);
    let appeal = this.totalAppeal;
    for (const row of taken) appeal -= this.appeal[row];
    return (g) => {
      const sums = new Map<number, number>();
      /** Sum of the weights of a type's items that are left; anchor -1: none. */
      const left = (type: number, a: number): number => {
        const key = type * (anchors.length + 1) + a + 1;
        let sum = sums.get(key);
        if (sum === undefined) {
          sum = 0;
          for (const row of this.byType[type]) if (!taken.has(row)) sum += this.weight(g, row, anchors[a]);
          sums.set(key, sum);
        }
        return sum;
      };
      let rest = 1 - takenCompanions;
      for (const type of gone) rest -= nearby[type] + interest * this.interest[g][type];
      return (row) => {
        if (taken.has(row)) return 0;
        const { type } = items[row];
        let probability =
          (companions.get(row) ?? 0) +
          (popular * this.appeal[row]) / appeal +
          (interest * this.interest[g][type] * this.weight(g, row, undefined)) / left(type, -1);
        anchors.forEach((anchor, a) => {
          const share = anchor.weight * this.near[items[anchor.row].type][type];
          if (share > 0) probability += (share * this.weight(g, row, anchor)) / left(type, a);
        });
        return probability / rest;
      };
    };
  }

  private nearTypes(type: number): Float64Array {
    const { stay, category, complement } = this.shop.parameters;
    const { categories, goesWith } = this.behaviour;
    const near = new Float64Array(this.byType.length);
    near[type] += stay;
    const mates = this.byType.flatMap((rows, other) =>
      other !== type && categories[other] === categories[type] && rows.length > 0 ? [other] : [],
    );
    const items = mates.reduce((sum, other) => sum + this.byType[other].length, 0);
    for (const other of mates) near[other] += (category * this.byType[other].length) / items;
    for (const [other, share] of goesWith[type])
      if (this.byType[other].length > 0) near[other] += complement * share;
    return near;
  }

  private drawCompanions(random: Stream): Map<number, number>[] {
    const { items } = this.catalogue;
    const weights = zipf(structure.companions);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return items.map(({ type }, row) => {
      const companions = new Map<number, number>();
      const taken = new Set([row]);
      const [others, shares] = [
        [...this.behaviour.goesWith[type].keys()],
        [...this.behaviour.goesWith[type].values()],
      ];
      for (const weight of weights) {
        const from = random.uniform() < 0.5 ? type : others[random.choose(shares)];
        // A type that has too few items leaves the choice to all.
        const appeal = (other: number): number =>
          this.appeal[other] * this.likeness.loyal[this.common(row)[other]];
        const other =
          this.pick(this.byType[from], appeal, taken, random) ??
          (this.pick(null, appeal, taken, random) as number);
        taken.add(other);
        companions.set(other, weight / total);
      }
      return companions;
    });
  }

  /** The newest items of the history with the probability that each is the one that matters. */
  private anchors(history: readonly number[]): Anchor[] {
    const newest = history.slice(-structure.recency.length).reverse();
    const sum = structure.recency.slice(0, newest.length).reduce((total, weight) => total + weight, 0);
    return newest.map((row, age) => ({ row, weight: structure.recency[age] / sum }));
  }

  /** Types with items of which none is left. */
  private exhausted(taken: ReadonlySet<number>): number[] {
    const counts = new Map<number, number>();
    for (const row of taken)
      counts.set(this.catalogue.items[row].type, (counts.get(this.catalogue.items[row].type) ?? 0) + 1);
    return [...counts].flatMap(([type, count]) => (count === this.byType[type].length ? [type] : []));
  }

  /**
   * Draws a row not taken, in proportion to its weight, among `rows` or (null) all rows; undefined if none is
   * left.
   */
  private pick(
    rows: readonly number[] | null,
    weight: (row: number) => number,
    taken: ReadonlySet<number>,
    random: Stream,
  ): number | undefined {
    const weights = Float64Array.from({ length: rows?.length ?? this.items }, (_, i) => {
      const row = rows === null ? i : rows[i];
      return taken.has(row) ? 0 : weight(row);
    });
    if (!weights.some((w) => w > 0)) return undefined;
    const index = random.choose(weights);
    return rows === null ? index : rows[index];
  }

  /** Weight of an item within its type. */
  private weight(g: number, row: number, anchor: Anchor | undefined): number {
    if (anchor === undefined) return this.liking[g][row];
    const factors = this.shop.shoppers[g].loyal ? this.likeness.loyal : this.likeness.other;
    return this.liking[g][row] * factors[this.common(anchor.row)[row]];
  }

  private common(anchor: number): Uint8Array {
    const a = this.catalogue.items[anchor];
    return (this.kept[anchor] ??= Uint8Array.from(this.catalogue.items, (b) => {
      let common = 0;
      for (const [kind, value] of a.values) if (b.values.get(kind) === value) common++;
      return common + (a.brand === b.brand ? SAME_BRAND : 0);
    }));
  }

  private likedValues(g: number, item: CatalogueItem): number {
    const { likes } = this.shop.shoppers[g];
    let liked = 0;
    for (const [kind, value] of item.values)
      if (likes[kind].has(this.behaviour.valueRoles[kind][value])) liked++;
    return liked;
  }

  private interests(g: number): Float64Array {
    const { interests } = this.shop.shoppers[g];
    const shares = Float64Array.from(this.byType, (rows, type) => {
      const themes = this.behaviour.themes[type].reduce(
        (sum, [theme, weight]) => sum + weight * interests[theme],
        0,
      );
      return rows.length * (structure.baseInterest + themes);
    });
    const total = shares.reduce((sum, share) => sum + share, 0);
    return shares.map((share) => share / total);
  }
}

/** More than the values that two items can have in common. */
const SAME_BRAND = MOST_KINDS + 1;
