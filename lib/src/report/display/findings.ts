/**
 * What was found, in words: which of the paper's claims appear in these results, which do not, and what the
 * control worlds say. Pure.
 */
import type { ScoreboardRow } from '../../experiments/claims';
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

/**
 * One paragraph per repetition in another setting: which findings on the profile's own data hold there too,
 * which are reversed, and which stay undecided. Repetitions that differ only in their seed are in the table.
 */
export function controlFindings([own, ...others]: readonly RepeatedScoreboard[]): string[] {
  const found = own.rows.filter(({ verdict }) => verdict === 'reproduced').map(({ claim }) => claim);
  return others
    .filter((board) => settingOf(board) !== settingOf(own))
    .map((board) => {
      const statements = (verdict: ScoreboardRow['verdict']): string[] =>
        found
          .filter(({ id }) => board.rows.find(({ claim }) => claim.id === id)?.verdict === verdict)
          .map(({ statement }) => statement);
      const [kept, lost, open] = (['reproduced', 'not reproduced', 'undecided'] as const).map(statements);
      const parts = [
        `of ${kept.length + lost.length + open.length} findings on Table 3, ` +
          `${counted(kept.length, 'holds', 'hold')}.`,
        ...(lost.length === 0 ? [] : [`Not reproduced there: ${lost.join(' ')}`]),
        ...(open.length === 0 ? [] : [`Undecided there: ${open.join(' ')}`]),
      ];
      return `${capital(settingOf(board))}: ${parts.join(' ')}`;
    });
}

const counted = (count: number, one: string, several: string): string =>
  `${count} ${count === 1 ? one : several}`;
const capital = (text: string): string => text[0].toUpperCase() + text.slice(1);
