/**
 * The scoreboard on made-up ranks: effects by hand, intervals by the delta method, missing cells,
 * determinism, cost.
 */
import { describe, expect, it } from 'vitest';
import type { Ranks } from '../../lib/src/evaluation';
import { perUser, rankingMetrics } from '../../lib/src/evaluation';
import {
  CLAIMS,
  scoreboard,
  type Claim,
  type RankCell,
  type RankSource,
} from '../../lib/src/experiments/claims';
import { createRandom } from '../../lib/src/random';

const DOMAINS = ['Arts', 'Instruments', 'Pantry', 'Sports', 'Movies'];
const users = (domain: string): number => 120 + 50 * DOMAINS.indexOf(domain);

const hash = (text: string): number =>
  [...text].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) % 1_000_003, 7);

/** Ranks of correlated columns: a user has a difficulty, a column a quality, a seed a little noise. */
function ranksOf({ table, backbone, domain, column }: RankCell, seed: number, quality = 1): Ranks {
  const difficulty = createRandom(hash(domain));
  const noise = createRandom(hash(`${table}${backbone}${domain}${column}`) + seed * 2 ** 32);
  const above = Int32Array.from({ length: users(domain) }, () => {
    const level = difficulty.normal() + 0.5 * noise.normal() - quality;
    return Math.min(100, Math.floor(100 / (1 + Math.exp(-1.5 * level))));
  });
  return { above, ties: new Int32Array(above.length) };
}

const quality = (column: string): number =>
  column.startsWith('trainable') ? 1.6 : column === 'freeze.LF' ? 0.6 : 1;
const everything: RankSource = (cell) => [1, 2, 3].map((seed) => ranksOf(cell, seed, quality(cell.column)));
const only = (...ids: string[]): Claim[] => CLAIMS.filter(({ id }) => ids.includes(id));
const board = (claims: readonly Claim[], source = everything, resamples = 2000) =>
  scoreboard(claims, source, { domains: DOMAINS, resamples });

describe('the scoreboard', () => {
  it('states the effect as the relative gain of averages over cells', () => {
    const [{ ours }] = board(only('trainable-PT-above-base'));
    const average = (column: (backbone: string) => string): number => {
      let sum = 0;
      for (const domain of DOMAINS)
        for (const backbone of ['SASRec', 'BERT4Rec'] as const) {
          const seeds = everything({
            table: 'table3',
            backbone,
            domain,
            column: column(backbone),
          }) as Ranks[];
          sum += seeds.reduce((total, ranks) => total + rankingMetrics(ranks)['NDCG@10'], 0) / 3;
        }
      return sum / 10;
    };
    const effect =
      average(() => 'trainable.PT') / average((backbone) => (backbone === 'SASRec' ? 'SAS' : 'BERT')) - 1;
    expect(ours?.effect).toBeCloseTo(effect, 12);
    expect(ours).toMatchObject({
      domains: DOMAINS,
      backbones: ['SASRec', 'BERT4Rec'],
      users: DOMAINS.reduce((sum, domain) => sum + users(domain), 0),
      seeds: { fewest: 3, most: 3 },
    });
    expect(ours?.byCell.length).toBe(10);
    expect(ours?.cells.of).toBe(40);
    expect(ours?.overSeeds.values.length).toBe(3);
    expect(ours?.overSeeds.spread).toBeGreaterThan(0);
  });

  it('has intervals as the delta method gives them, users resampled within domains', () => {
    const claim = only('full-FT-above-SAS')[0];
    const [{ ours }] = board([claim], everything, 10_000);
    const values = (column: string, domain: string): Float64Array => {
      const seeds = (everything({ table: 'table4', domain, column }) as Ranks[]).map((ranks) =>
        perUser(ranks, 'NDCG', 10),
      );
      return seeds[0].map((_, i) => (seeds[0][i] + seeds[1][i] + seeds[2][i]) / 3);
    };
    const mean = (x: Float64Array): number => x.reduce((a, b) => a + b, 0) / x.length;
    const [a, b] = ['FT', 'SAS'].map((column) => DOMAINS.map((domain) => values(column, domain)));
    const [meanA, meanB] = [a, b].map(
      (side) => side.reduce((sum, column) => sum + mean(column), 0) / DOMAINS.length,
    );
    let variance = 0;
    DOMAINS.forEach((_, d) => {
      const influence = a[d].map((value, i) => value / meanB - (meanA / meanB ** 2) * b[d][i]);
      const centre = mean(influence);
      variance +=
        mean(influence.map((value) => (value - centre) ** 2)) / influence.length / DOMAINS.length ** 2;
    });
    const width = (ours?.interval.high as number) - (ours?.interval.low as number);
    expect(width / (2 * 1.96 * Math.sqrt(variance))).toBeGreaterThan(0.94);
    expect(width / (2 * 1.96 * Math.sqrt(variance))).toBeLessThan(1.06);
  });

  it('finds what was put into the ranks, and nothing if nothing was', () => {
    const verdicts = Object.fromEntries(board(CLAIMS).map(({ claim, verdict }) => [claim.id, verdict]));
    expect(verdicts).toMatchObject({
      'trainable-PT-above-base': 'reproduced',
      'freeze-LF-below-base': 'reproduced',
      'trainable-LF-below-base': 'not reproduced',
      'further-best': 'not reproduced',
      'further-Emb-above-All': 'undecided',
    });
  });

  it('refutes a gain, and confirms "comparable", if two columns are equal', () => {
    const equal: RankSource = (cell) => [
      ranksOf({ ...cell, table: 'table3', backbone: 'SASRec', column: 'one' }, 1),
    ];
    const rows = board(only('freeze-FT-matches-REC', 'trainable-PT-above-base', 'withID-LF-no-help'), equal);
    expect(rows.map(({ verdict, ours }) => [verdict, ours?.effect, ours?.overSeeds.spread])).toEqual([
      ['reproduced', 0, undefined],
      ['not reproduced', 0, undefined],
      ['reproduced', 0, undefined],
    ]);
  });

  it('gives a claim the same numbers in whatever company, and the same every time', () => {
    const alone = board(only('freeze-LF-below-base'), everything, 200)[0];
    const inCompany = board(CLAIMS, everything, 200).find(({ claim }) => claim.id === 'freeze-LF-below-base');
    expect(inCompany?.ours?.interval).toEqual(alone.ours?.interval);
    expect(inCompany?.ours?.p).toBe(alone.ours?.p);
    expect(inCompany?.ours?.adjustedP).toBeGreaterThan(alone.ours?.adjustedP as number);
    expect(JSON.stringify(board(CLAIMS, everything, 200))).toBe(
      JSON.stringify(board(CLAIMS, everything, 200)),
    );
  });

  it('leaves out cells that the run lacks, says so, and measures the rest', () => {
    const noBert: RankSource = (cell) =>
      cell.backbone === 'BERT4Rec' && cell.domain === 'Arts' ? undefined : everything(cell);
    const [row] = board(only('freeze-LF-below-base'), noBert);
    expect(row.ours?.byCell.length).toBe(9);
    expect(row.ours?.leftOut).toEqual(['Arts: no table3 BERT4Rec freeze.LF, table3 BERT4Rec BERT']);
  });

  it('says why a claim was not measured, and leaves it out of the adjustment', () => {
    const noFigure: RankSource = (cell) =>
      cell.table === 'figure2' && cell.column === '1' ? undefined : everything(cell);
    const rows = board(only('small-pretraining-helps', 'pretraining-helps'), noFigure);
    const [whole, small] = rows;
    expect(small).toMatchObject({ verdict: 'not measured', ours: undefined });
    expect(small.reason).toContain('Arts: no figure2 1');
    expect(whole.ours?.adjustedP).toBe(whole.ours?.p);

    const nobody: RankSource = (cell) => [
      { above: new Int32Array(users(cell.domain)).fill(99), ties: new Int32Array(users(cell.domain)) },
    ];
    expect(board(only('full-FT-above-SAS'), nobody)[0]).toMatchObject({
      verdict: 'not measured',
      reason: expect.stringContaining('table4 SAS'),
    });
  });

  it("looks at a claim's own domains, or at all of a run whose domains have other names", () => {
    const [pantry] = board(only('none-worst'));
    expect(pantry.ours?.domains).toEqual(['Pantry']);
    const [office] = scoreboard(only('none-worst'), (cell) => [ranksOf({ ...cell, domain: 'Arts' }, 1)], {
      domains: ['Office'],
      resamples: 99,
    });
    expect(office.ours?.domains).toEqual(['Office']);
  });

  it('refuses columns of a domain that rank different users', () => {
    const uneven: RankSource = (cell) =>
      cell.column === 'SAS' ? everything(cell) : everything({ ...cell, domain: 'Arts' });
    expect(() => board(only('full-FT-above-SAS'), uneven)).toThrow(/users, got/);
  });

  it('resamples all claims of Table 3 ten thousand times in at most 10 s of one core', () => {
    const claims = CLAIMS.filter(({ contrast }) => JSON.stringify(contrast).includes('table3'));
    const start = process.cpuUsage();
    expect(board(claims, everything, 10_000).length).toBeGreaterThan(20);
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1e6).toBeLessThan(10);
  });
});
