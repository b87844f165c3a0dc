/**
 * What was found, in words: which of the paper's claims appear in these results, which do not, and what the
 * control worlds say. Pure.
 */
import type { ScoreboardRow } from '../../experiments/claims';
import type { RepeatedScoreboard } from '../../experiments/repetitions';
import { settingOf } from './verdicts';

/** One paragraph per verdict that occurs. */
export function findings(rows: readonly ScoreboardRow[]): string[] {
  const list = (verdict: ScoreboardRow['verdict']): string[] =>
    rows.filter((row) => row.verdict === verdict).map(({ claim }) => claim.statement);
  const [yes, no] = [list('reproduced'), list('not reproduced')];
  const open = rows.filter(({ verdict }) => verdict === 'undecided').length;
  return [
    ...(yes.length === 0
      ? ['No claim of the paper is reproduced.']
      : [`These findings of the paper appear here: ${yes.join(' ')}`]),
    ...(no.length === 0
      ? []
      : [`These do not, the measured effect points the other way or is too small: ${no.join(' ')}`]),
    ...(open === 0 ? [] : [`On ${open} claims these data cannot tell.`]),
  ];
}

/**
 * One paragraph per repetition in another setting: which findings of the profile's own data are found there
 * too, which turn round, and which cannot be told. Repetitions that differ by their seed alone are in the
 * table.
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
        `of ${kept.length + lost.length + open.length} findings on Table 3, ${kept.length} are found again.`,
        ...(lost.length === 0 ? [] : [`Not reproduced there: ${lost.join(' ')}`]),
        ...(open.length === 0 ? [] : [`Undecided there: ${open.join(' ')}`]),
      ];
      return `${capital(settingOf(board))}: ${parts.join(' ')}`;
    });
}

const capital = (text: string): string => text[0].toUpperCase() + text.slice(1);
