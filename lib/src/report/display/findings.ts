/**
 * What was found, in words: which of the paper's claims appear in these results, which do not, and what the
 * control worlds say. Pure.
 */
import type { Claim, ScoreboardRow } from '../../experiments/claims';
import type { Profile } from '../../experiments/profiles';
import type { RepeatedScoreboard } from '../../experiments/repetitions';
import { settingOf } from './verdicts';

/** A sentence and the claims that it is about. */
export interface Finding {
  readonly intro: string;
  readonly claims: readonly string[];
}

/**
 * What was found of the paper's claims, in words: one finding per verdict that occurs. `all`: whose claims
 * the rows are.
 */
export function findings(
  rows: readonly ScoreboardRow[],
  all = `the paper's ${rows.length} claims`,
): Finding[] {
  const list = (verdict: ScoreboardRow['verdict']): string[] =>
    rows.filter((row) => row.verdict === verdict).map(({ claim }) => claim.statement);
  const [yes, no] = [list('reproduced'), list('not reproduced')];
  const open = rows.filter(({ verdict }) => verdict === 'undecided').length;
  const found: Finding[] =
    yes.length === 0
      ? [{ intro: 'No claim of the paper is reproduced.', claims: [] }]
      : [
          {
            intro: `Of ${all}, ${counted(yes.length, 'is', 'are')} reproduced:`,
            claims: yes,
          },
        ];
  if (no.length > 0)
    found.push({
      intro: `${counted(no.length, 'is', 'are')} not: the effect here is too small or has the other sign.`,
      claims: no,
    });
  if (open > 0) found.push({ intro: `On ${open}, these data cannot tell.`, claims: [] });
  return found;
}

/** What differs between the repetitions and the profile's own runs, as in a heading, and in a sentence. */
const CHANGES = {
  'other seeds': 'from another seed',
  'other worlds': 'in a world of the shop with one source of information taken away',
  'other batches': 'with pre-training batches of one domain each',
} as const;

/** Which of CHANGES occur. */
export function changedIn([own, ...others]: readonly RepeatedScoreboard[]): (keyof typeof CHANGES)[] {
  const differs = (part: 'seed' | 'world' | 'batchMix'): boolean =>
    others.some((board) => board[part] !== own[part]);
  return [
    ...(differs('seed') ? (['other seeds'] as const) : []),
    ...(differs('world') ? (['other worlds'] as const) : []),
    ...(differs('batchMix') ? (['other batches'] as const) : []),
  ];
}

/** What the repetitions train, and how their verdicts differ from those of the scoreboard. */
export function aboutRepetitions(
  boards: readonly RepeatedScoreboard[],
  { backbones, repetitions }: Pick<Profile, 'backbones' | 'repetitions'>,
): string {
  const changes = changedIn(boards).map((what) => CHANGES[what]);
  const only = repetitions.backbones.length < backbones.length ? repetitions.backbones.join(' and ') : '';
  return (
    'Each further column trains language models, fine-tuning and recommenders again, ' +
    `${changes.join(' or ')}.` +
    (only === ''
      ? ''
      : ` All columns have ${only} only, and item tables at their own scale. The scoreboard above averages ` +
        'over all recommenders, so its verdicts can differ from those of the first column here.')
  );
}

/** What a claim does not depend on if it holds in a control world. */
const TAKEN_AWAY: Readonly<Record<RepeatedScoreboard['world'], string>> = {
  calibrated: '',
  shuffled: 'what texts say of behaviour',
  unrelated: 'what pre-training domains have in common with the others',
  silent: 'what the language model reads before it sees behaviour',
};

/**
 * One paragraph per repetition in another setting: which findings on the profile's own data hold there too,
 * which are reversed, which stay undecided, which claims fail there alone, and what that says of their cause.
 * Repetitions that differ in their seed alone are in seedFindings.
 */
export function controlFindings([own, ...others]: readonly RepeatedScoreboard[]): string[] {
  const claimsThat = (verdict: ScoreboardRow['verdict']): Claim[] =>
    own.rows.filter((row) => row.verdict === verdict).map(({ claim }) => claim);
  const found = claimsThat('reproduced');
  return others
    .filter((board) => settingOf(board) !== settingOf(own))
    .map((board) => {
      const statements = (verdict: ScoreboardRow['verdict'], claims = found): string[] =>
        claims
          .filter(({ id }) => board.rows.find(({ claim }) => claim.id === id)?.verdict === verdict)
          .map(({ statement }) => statement);
      const [kept, lost, open] = (['reproduced', 'not reproduced', 'undecided'] as const).map((verdict) =>
        statements(verdict),
      );
      const worse = statements('not reproduced', claimsThat('undecided'));
      const cause = TAKEN_AWAY[board.world];
      const holds = counted(kept.length, 'holds', 'hold');
      const parts = [
        `of the ${kept.length + lost.length + open.length} claims on Table 3 that are reproduced in ` +
          `${settingOf(own)}, ${holds} here too` +
          `${cause === '' || kept.length === 0 ? '' : `, without ${cause}`}.`,
        ...(lost.length === 0
          ? []
          : [`Not reproduced here${cause === '' ? '' : ', so that seems to matter'}: ${lost.join(' ')}`]),
        ...(open.length === 0 ? [] : [`Undecided here: ${open.join(' ')}`]),
        ...(worse.length === 0
          ? []
          : [`Undecided in ${settingOf(own)}, not reproduced here: ${worse.join(' ')}`]),
      ];
      return `${capital(settingOf(board))}: ${parts.join(' ')}`;
    });
}

/**
 * One paragraph per repetition that differs from the profile's own runs in its seed alone: how many verdicts
 * are the same, and which are not.
 */
export function seedFindings([own, ...others]: readonly RepeatedScoreboard[]): string[] {
  return others
    .filter((board) => settingOf(board) === settingOf(own))
    .map((board) => {
      const pairs = own.rows.flatMap((row) => {
        const again = board.rows.find(({ claim }) => claim.id === row.claim.id);
        return row.ours === undefined || again?.ours === undefined ? [] : [{ row, again }];
      });
      const changed = pairs.filter(({ row, again }) => again.verdict !== row.verdict);
      const opposite = changed.filter((pair) => [pair.row, pair.again].every(decided));
      const turned = opposite.length === 0 ? 'none turns' : counted(opposite.length, 'turns', 'turn');
      const list = changed.map(({ row, again }) => {
        return `${row.claim.statement} (${row.verdict}, then ${again.verdict})`;
      });
      const same = pairs.length - changed.length;
      return (
        `From seed ${board.seed}, ${same} of ${pairs.length} verdicts are those of ` +
        `seed ${own.seed}; ${turned} from reproduced into not reproduced or back.` +
        (list.length === 0 ? '' : ` Changed: ${list.join(' ')}`)
      );
    });
}

const decided = ({ verdict }: ScoreboardRow): boolean => verdict !== 'undecided';
const counted = (count: number, one: string, several: string): string =>
  `${count} ${count === 1 ? one : several}`;
const capital = (text: string): string => text[0].toUpperCase() + text.slice(1);
