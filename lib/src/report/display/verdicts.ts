/**
 * The verdicts on the paper's claims as a table and as sentences. Shows the scoreboard's results and decides
 * nothing. Pure.
 */
import { ALPHA, type Measurement, type ScoreboardRow } from '../../experiments/claims';
import type { RepeatedScoreboard } from '../../experiments/repetitions';
import { unknownName } from '../../errors';
import { effectText, intervalText } from '../effectText';
import type { Table } from './table';

/** The p-value adjusted for all claims, to three digits. */
function adjusted({ adjustedP }: Measurement): string {
  return adjustedP < 0.001 ? '< 0.001' : adjustedP.toFixed(3);
}

export type MeasuredRow = ScoreboardRow & { readonly ours: Measurement };

/** "Pantry only", "SASRec only": where a claim was measured, if not everywhere it applies; else empty. */
function restriction({ backbones }: ScoreboardRow['claim'], ours: Measurement | undefined): string {
  if (ours === undefined || ours.leftOut.length === 0) return '';
  // Left-out cells begin with their domain, on which another backbone may have been measured.
  const lacking = ours.leftOut.some((cell) => !ours.domains.includes(cell.slice(0, cell.indexOf(': '))));
  const fewer = backbones.some((backbone) => !ours.backbones.includes(backbone));
  return [...(lacking ? [ours.domains.join(', ')] : []), ...(fewer ? [ours.backbones.join(', ')] : [])]
    .map((names) => `${names} only`)
    .join(', ');
}

/** Rows of one section of the paper ("4.3", "3.3"); all rows without it. */
function ofSection(rows: readonly ScoreboardRow[], section?: string): ScoreboardRow[] {
  if (section === undefined) return [...rows];
  const own = rows.filter(({ claim }) => claim.section.split(' ')[0] === section);
  if (own.length === 0)
    throw unknownName('verdicts', 'section', section, [
      ...new Set(rows.map(({ claim }) => claim.section.split(' ')[0])),
    ]);
  return own;
}

/**
 * The verdicts on the paper's claims as a table; of one section ("4.3") if it is given.
 * @throws InputError for a section without claims.
 * @example
 * ```ts
 * import { countVerdicts, open, show, verdicts } from 'elephant';
 * const rows = await open({ results: 'data/results/mini.json' }).scoreboard();
 * show.table(verdicts(rows, '4.3'));
 * console.log(countVerdicts(rows)); // "38 claims: 17 reproduced, ..."
 * ```
 */
export function verdicts(rows: readonly ScoreboardRow[], section?: string): Table {
  return {
    caption:
      'Claims of the paper. Effects are relative; where two gains are compared, the effect is their ' +
      'difference in points. The 95 % interval is over users, not over seeds, and for ' +
      'the claim alone. The adjusted p is corrected for the number of claims measured (Holm): if it is ' +
      `above ${ALPHA.toFixed(2)}, the claim is undecided, whatever its interval.`,
    columns: ['section', 'claim', 'in the paper', 'our effect', 'interval', 'adjusted p', 'verdict'],
    rows: ofSection(rows, section).map(({ claim, paper, ours, verdict, reason }) => [
      claim.section,
      restriction(claim, ours) === ''
        ? claim.statement
        : `${claim.statement} (Here: ${restriction(claim, ours)}.)`,
      inNumbers({ claim, paper, ours }).paper,
      ours === undefined ? '–' : effectText(claim, ours.effect),
      ours === undefined ? (reason ?? '–') : intervalText(claim, ours.interval),
      ours === undefined ? '–' : adjusted(ours),
      verdict,
    ]),
  };
}

/** A claim's two numbers in words, for a slide. `ours` is empty if the claim was not measured. */
export function inNumbers({ claim, paper, ours }: Pick<ScoreboardRow, 'claim' | 'paper' | 'ours'>): {
  paper: string;
  ours: string;
} {
  return {
    paper: `${paper.text}${paper.effect === undefined ? '' : `; ${effectText(claim, paper.effect)}`}`,
    ours:
      ours === undefined ? '' : `${effectText(claim, ours.effect)} (${intervalText(claim, ours.interval)})`,
  };
}

/** The effect of a claim on each dataset, and for each backbone if the claim is about both. */
export function effectsByDataset({ claim, ours: { byCell } }: MeasuredRow): Table {
  const both = new Set(byCell.map(({ backbone }) => backbone)).size > 1;
  return {
    columns: ['dataset', ...(both ? ['backbone'] : []), 'effect'],
    rows: byCell.map(({ domain, backbone, effect }) => [
      domain,
      ...(both ? [backbone ?? ''] : []),
      effect === undefined ? '–' : effectText(claim, effect),
    ]),
  };
}

/**
 * The table of all claims, with effect and verdict of other profiles in extra columns.
 * @example
 * ```ts
 * import { besideProfiles, open, show } from 'elephant';
 * const [mini, real] = ['mini', 'real'].map((name) => open({ results: `data/results/${name}.json` }));
 * const others = [{ profile: 'real', rows: await real.scoreboard() }];
 * show.table(besideProfiles(await mini.scoreboard(), others));
 * ```
 */
export function besideProfiles(
  rows: readonly ScoreboardRow[],
  others: readonly { readonly profile: string; readonly rows: readonly ScoreboardRow[] }[],
): Table {
  const own = verdicts(rows);
  const cell = (row: ScoreboardRow | undefined): string => {
    if (row?.ours === undefined) return row?.verdict ?? '–';
    const { effect, interval } = row.ours;
    const facts = [
      intervalText(row.claim, interval),
      `p ${adjusted(row.ours)}`,
      restriction(row.claim, row.ours),
    ];
    const known = facts.filter((fact) => fact !== '').join('; ');
    return `${row.verdict}; ${effectText(row.claim, effect)} (${known})`;
  };
  return {
    ...own,
    ...(others.length === 0
      ? {}
      : {
          caption:
            `${own.caption} The last columns have the verdicts of other profiles, ` +
            'with effect, interval and adjusted p.',
        }),
    columns: [...own.columns, ...others.map(({ profile }) => profile)],
    rows: own.rows.map((line, i) => [
      ...line,
      ...others.map((other) => cell(other.rows.find(({ claim }) => claim.id === rows[i].claim.id))),
    ]),
  };
}

/**
 * The claims on Table 3, computed again: one column per world, with one verdict per seed. Claims that no
 * repetition measures are left out.
 * @param boards the profile's own first
 */
export function repeatedVerdicts(boards: readonly RepeatedScoreboard[]): Table {
  const [{ rows }, ...repetitions] = boards;
  const worlds = [...new Set(boards.map(settingOf))];
  const row = (board: { readonly rows: readonly ScoreboardRow[] }, id: string): ScoreboardRow | undefined =>
    board.rows.find(({ claim }) => claim.id === id);
  const cell = (world: string, id: string): string =>
    boards
      .filter((board) => settingOf(board) === world)
      .map((board) => [board.seed, row(board, id)] as const)
      .map(([seed, found]) =>
        found?.ours === undefined
          ? `seed ${seed}: –`
          : `seed ${seed}: ${effectText(found.claim, found.ours.effect)} ${found.verdict}`,
      )
      .join('; ');
  return {
    caption: 'Claims on Table 3, computed again.',
    columns: ['section', 'claim', ...worlds],
    rows: rows
      .filter(({ claim }) => repetitions.some((board) => row(board, claim.id)?.ours !== undefined))
      .map(({ claim }) => [claim.section, claim.statement, ...worlds.map((world) => cell(world, claim.id))]),
  };
}

/** How a repetition differs, besides its seed. */
export function settingOf({ world, batchMix }: Pick<RepeatedScoreboard, 'world' | 'batchMix'>): string {
  return `${WORLDS[world]}${batchMix === 'oneDomain' ? ', batches of one domain (D52)' : ''}`;
}

/** How a world of the shop differs. */
const WORLDS: Readonly<Record<RepeatedScoreboard['world'], string>> = {
  calibrated: 'the calibrated world',
  shuffled: 'texts permuted among items (shuffled)',
  unrelated: 'pre-training domains with other behaviour (unrelated)',
  silent: 'plain language that says nothing about behaviour (silent)',
};

/**
 * How many claims have which verdict: "30 claims: 12 reproduced, 5 not reproduced, 13 undecided."
 * @throws InputError for a section without claims.
 */
export function countVerdicts(rows: readonly ScoreboardRow[], section?: string): string {
  const own = ofSection(rows, section);
  const counted = (['reproduced', 'not reproduced', 'undecided', 'not measured'] as const).flatMap((name) => {
    const count = own.filter(({ verdict }) => verdict === name).length;
    return count === 0 ? [] : [`${count} ${name}`];
  });
  return `${own.length} claim${own.length === 1 ? '' : 's'}: ${counted.join(', ')}.`;
}
