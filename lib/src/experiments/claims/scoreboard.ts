/**
 * The scoreboard: for each claim where the paper stands, where we stand, the effect with its interval, and
 * the verdict.
 *
 * The effect of a contrast is relative and on averages: a column's value is its mean over users (each
 * averaged over seeds), then over the claim's cells (domain x backbone, each with the same weight); the gain
 * is a / b - 1 of two such values. Its sign is that of the absolute difference averaged over domains, its
 * size can be held against a relative margin, and no single domain with a small base can blow it up, as it
 * could in an average of ratios. Users are resampled within each domain, the same resamples for every claim,
 * so that a claim's numbers do not depend on which others are asked for (its adjusted p-value does). Seeds
 * are not resampled: the interval is about users, and the spread over seeds is shown beside it.
 */
import { measured, type Measured } from '../measured';
import { bootstrapMeans, domainSeed } from './bootstrap';
import { countCells, type ClaimCell, type CellCount } from './cells';
import type { Backbone } from '../profiles';
import type { Claim, Measure } from './claim';
import { contrastValues } from './contrast';
import { holm } from './holm';
import { significance, type Interval } from './interval';
import { paperStands, type PaperStand } from './paperStands';
import { averaged, claimPlan, readsOf, unmeasurable, type ClaimPlan } from './claimPlan';
import { cellKey, Rankings, type RankCell, type RankSource } from './rankings';
import { verdict, type Verdict } from './verdict';

export interface ScoreboardOptions {
  /** Domains that the run evaluates. */
  readonly domains: readonly string[];
  /** Default 10,000. */
  readonly resamples?: number;
  /** Of the resampling, default 1. */
  readonly seed?: number;
}

/** What was measured of a claim. Effects are relative: 0.1 is ten per cent. */
export interface Measurement {
  readonly effect: number;
  readonly interval: Interval;
  /** Two-sided, about the claim's threshold. */
  readonly p: number;
  /** Adjusted for all measured claims of the scoreboard (Holm). */
  readonly adjustedP: number;
  /** The effect of each seed alone; a column with one run counts for every seed. */
  readonly overSeeds: Measured;
  /** Runs behind the columns with the fewest and the most. */
  readonly seeds: { readonly fewest: number; readonly most: number };
  /** Evaluated users of all domains together. */
  readonly users: number;
  readonly domains: readonly string[];
  readonly backbones: readonly Backbone[];
  /** Counted as in the paper's tables, to be shown beside its count. */
  readonly cells: CellCount;
  /** Each cell alone; undefined if its base is 0. */
  readonly byCell: readonly (ClaimCell & { readonly effect: number | undefined })[];
  /** Cells of the claim that this run does not have, in words. */
  readonly leftOut: readonly string[];
}

/** A claim, what the paper's numbers say of it, what ours do, and the verdict. */
export interface ScoreboardRow {
  readonly claim: Claim;
  readonly paper: PaperStand;
  readonly ours: Measurement | undefined;
  readonly verdict: Verdict;
  /** Why a claim was not measured. */
  readonly reason: string | undefined;
}

export function scoreboard(
  claims: readonly Claim[],
  source: RankSource,
  { domains, resamples = 10_000, seed = 1 }: ScoreboardOptions,
): ScoreboardRow[] {
  const rankings = new Rankings(source);
  const plans = claims.map((claim) => claimPlan(claim, domains, rankings));
  const reasons = plans.map((plan) => unmeasurable(plan, rankings));
  const measurable = plans.filter((_, i) => reasons[i] === undefined);

  const means = resampledMeans(measurable, rankings, resamples, seed);
  const results = measurable.map(({ claim, cells }) => {
    const values = averaged(claim, cells, (at, measure) => means.get(useKey(at, measure)) as Float64Array);
    return significance(contrastValues(claim.contrast, values), claim);
  });
  const adjusted = holm(results.map(({ p }) => p));

  return plans.map((plan, i) => {
    const { claim } = plan;
    const paper = paperStands(claim);
    if (reasons[i] !== undefined)
      return { claim, paper, ours: undefined, verdict: 'not measured', reason: reasons[i] };
    const k = measurable.indexOf(plan);
    const ours = { ...described(plan, rankings), ...results[k], adjustedP: adjusted[k] };
    return { claim, paper, ours, verdict: verdict(claim, ours.interval, ours.adjustedP), reason: undefined };
  });
}

const useKey = (at: RankCell, { family, k }: Measure): string => `${cellKey(at)}|${family}@${k}`;

/** By useKey, the means in every resample of all that the claims read. One pass per domain serves all. */
function resampledMeans(
  plans: readonly ClaimPlan[],
  rankings: Rankings,
  resamples: number,
  seed: number,
): Map<string, Float64Array> {
  const reads = new Map(
    plans
      .flatMap(({ claim, cells }) => readsOf(claim, cells))
      .map((read) => [useKey(read.at, read.measure), read]),
  );
  const means = new Map<string, Float64Array>();
  for (const domain of new Set([...reads.values()].map(({ at }) => at.domain))) {
    const ofDomain = [...reads].filter(([, { at }]) => at.domain === domain);
    const columns = ofDomain.map(([, { at, measure }]) => rankings.perUser(at, measure));
    bootstrapMeans(columns, resamples, domainSeed(seed, domain)).forEach((values, i) =>
      means.set(ofDomain[i][0], values),
    );
  }
  return means;
}

/** Everything but the significance. */
function described(
  { claim, cells, leftOut }: ClaimPlan,
  rankings: Rankings,
): Omit<Measurement, 'interval' | 'p' | 'adjustedP'> {
  const effectIn = (subset: readonly ClaimCell[]): number =>
    contrastValues(
      claim.contrast,
      averaged(claim, subset, (at, measure) => Float64Array.of(rankings.mean(at, measure))),
    )[0];
  const reads = readsOf(claim, cells);
  const runs = reads.map(({ at }) => rankings.seeds(at));
  const domains = [...new Set(cells.map(({ domain }) => domain))];
  return {
    effect: effectIn(cells),
    overSeeds: measured(effectBySeed(claim, cells, rankings, runs)),
    seeds: { fewest: Math.min(...runs), most: Math.max(...runs) },
    users: domains.reduce((sum, domain) => sum + rankings.users(domain), 0),
    domains,
    backbones: [...new Set(reads.flatMap(({ at }) => at.backbone ?? []))],
    cells: countCells(claim, cells, (column, domain, measure) => {
      // Only Table 4 has HR@50 and NDCG@50.
      return measure.k === 50 && column.table !== 'table4'
        ? undefined
        : rankings.mean({ ...column, domain }, measure);
    }),
    byCell: cells.map((cell) => ({
      ...cell,
      effect:
        unmeasurable({ claim, cells: [cell], leftOut }, rankings) === undefined
          ? effectIn([cell])
          : undefined,
    })),
    leftOut,
  };
}

/** As many seeds as every repeated column has. */
function effectBySeed(
  claim: Claim,
  cells: readonly ClaimCell[],
  rankings: Rankings,
  runs: readonly number[],
): number[] {
  const repeated = runs.filter((count) => count > 1);
  const seeds = repeated.length === 0 ? 1 : Math.min(...repeated);
  const values = averaged(claim, cells, (at, measure) => {
    const means = rankings.seedMeans(at, measure);
    return Float64Array.from({ length: seeds }, (_, s) => means[means.length === 1 ? 0 : s]);
  });
  return [...contrastValues(claim.contrast, values)];
}
