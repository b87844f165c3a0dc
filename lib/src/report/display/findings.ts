/** What was found, in words: which of the paper's claims appear in these results, which do not, and what the control worlds say. Pure. */
import type { ScoreboardRow } from '../../experiments/claims';
import type { RepeatedScoreboard } from '../../experiments/repetitions';
import { settingOf } from './verdicts';

/** One paragraph per verdict that occurs. */
export function findings(rows: readonly ScoreboardRow[]): string[] {
  const list = (verdict: ScoreboardRow['verdict']): string[] => rows.filter((row) => row.verdict === verdict).map(({ claim }) => claim.statement);
  const [yes, no] = [list('reproduced'), list('not reproduced')];
  const open = rows.filter(({ verdict }) => verdict === 'undecided').length;
  return [
    ...(yes.length === 0 ? ['No claim of the paper is reproduced.'] : [`These findings of the paper appear here: ${yes.join(' ')}`]),
    ...(no.length === 0 ? [] : [`These do not, the measured effect points the other way or is too small: ${no.join(' ')}`]),
    ...(open === 0 ? [] : [`On ${open} claims these data cannot tell.`]),
  ];
}

/** One sentence per control world: which findings of the profile's own data are gone where one thing is taken away. */
export function controlFindings([own, ...others]: readonly RepeatedScoreboard[]): string[] {
  const verdictOf = (board: RepeatedScoreboard, id: string): ScoreboardRow | undefined => board.rows.find(({ claim }) => claim.id === id);
  const found = own.rows.filter(({ verdict }) => verdict === 'reproduced');
  return others.filter((board) => settingOf(board) !== settingOf(own)).map((board) => {
    const measured = found.filter(({ claim }) => verdictOf(board, claim.id)?.ours !== undefined);
    const kept = measured.filter(({ claim }) => verdictOf(board, claim.id)?.verdict === 'reproduced');
    const gone = measured.filter((row) => !kept.includes(row)).map(({ claim }) => claim.statement);
    return `${capital(settingOf(board))}: ${kept.length} of the ${measured.length} findings on Table 3 remain${gone.length === 0 ? '.' : `. Gone: ${gone.join(' ')}`}`;
  });
}

const capital = (text: string): string => text[0].toUpperCase() + text.slice(1);
