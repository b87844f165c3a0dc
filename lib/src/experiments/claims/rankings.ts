/**
 * The ranks behind the tables' columns, each read once, as means over users and as values per user averaged
 * over seeds. Knows no claims. Used by the scoreboard.
 */
import { CUTOFFS, perUser, rankingMetrics, type Metrics, type Ranks } from '../../evaluation/metrics';
import type { Column, Measure } from './claim';

export interface RankCell extends Column {
  readonly domain: string;
}

/**
 * The ranks of one column in one domain under its table's protocol (Table 4: full ranking, all others:
 * sampled), one entry per seed; every column of a domain has the same users in the same order. Undefined if
 * the run has no such cell.
 */
export type RankSource = (cell: RankCell) => readonly Ranks[] | undefined;

export const cellKey = ({ table, backbone, domain, column }: RankCell): string =>
  [table, backbone ?? '', domain, column].join('|');

export class Rankings {
  private readonly cells = new Map<string, readonly Ranks[] | undefined>();
  private readonly metrics = new Map<string, Metrics[]>();
  private readonly usersIn = new Map<string, number>();

  constructor(private readonly source: RankSource) {}

  has(cell: RankCell): boolean {
    return this.read(cell) !== undefined;
  }

  /** Users evaluated in a domain of which some cell has been read. */
  users(domain: string): number {
    return this.usersIn.get(domain) ?? 0;
  }

  seeds(cell: RankCell): number {
    return this.need(cell).length;
  }

  /** Mean over users, one number per seed. */
  seedMeans(cell: RankCell, { family, k }: Measure): number[] {
    const key = cellKey(cell);
    let metrics = this.metrics.get(key);
    if (metrics === undefined) {
      metrics = this.need(cell).map((ranks) => rankingMetrics(ranks, { cutoffs: CUTOFFS }));
      this.metrics.set(key, metrics);
    }
    return metrics.map((values) => {
      const value = values[`${family}@${k}`];
      if (value === undefined)
        throw new Error(`claims: expected a cut-off among ${CUTOFFS.join(', ')}, got ${k}`);
      return value;
    });
  }

  /** Mean over seeds and users. */
  mean(cell: RankCell, measure: Measure): number {
    const means = this.seedMeans(cell, measure);
    return means.reduce((sum, value) => sum + value, 0) / means.length;
  }

  /** Each user's value, averaged over seeds: [users]. */
  perUser(cell: RankCell, { family, k }: Measure): Float64Array {
    const seeds = this.need(cell);
    const values = perUser(seeds[0], family, k);
    for (const ranks of seeds.slice(1)) perUser(ranks, family, k).forEach((value, i) => (values[i] += value));
    return values.map((value) => value / seeds.length);
  }

  private need(cell: RankCell): readonly Ranks[] {
    const ranks = this.read(cell);
    if (ranks === undefined) throw new Error(`claims: expected ranks of ${cellKey(cell)}, got none`);
    return ranks;
  }

  private read(cell: RankCell): readonly Ranks[] | undefined {
    const key = cellKey(cell);
    if (!this.cells.has(key)) this.cells.set(key, this.checked(cell, this.source(cell)));
    return this.cells.get(key);
  }

  /**
   * A comparison of users who are not the same would be silently wrong, so their number is checked at least.
   */
  private checked(cell: RankCell, seeds: readonly Ranks[] | undefined): readonly Ranks[] | undefined {
    if (seeds === undefined) return undefined;
    if (seeds.length === 0)
      throw new RangeError(`ranks of ${cellKey(cell)}: expected at least one seed, got none`);
    for (const { above } of seeds) {
      const users = this.usersIn.get(cell.domain) ?? above.length;
      if (above.length === 0 || above.length !== users) {
        throw new RangeError(
          `ranks of ${cellKey(cell)}: expected the domain's ${users || 'evaluated'} users, got ` +
            `${above.length}`,
        );
      }
      this.usersIn.set(cell.domain, users);
    }
    return seeds;
  }
}
