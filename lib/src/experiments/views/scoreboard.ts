/** The verdict on each of the paper's claims (method 12). */
import { holm, verdict, type ScoreboardRow } from '../claims';
import { view } from './view';

export const scoreboard = view('scoreboard', {
  kept: () => true,
  of: (experiment) => ({
    nodes: [experiment.scoreboard()],
    make: (read) =>
      withoutSeen(read(experiment.scoreboard()).json.rows, experiment.profile.pretrainingDomains),
  }),
});

/** Claims about domains that pre-training has not seen. */
const ABOUT_UNSEEN: readonly string[] = ['PT-transfers-trainable', 'PT-transfers-freeze'];

/** Why such a claim is not measured. */
export const SEEN = 'pre-training has seen the domains of this run';

/**
 * Takes these claims back if one of their domains is among `seen`, as on a user's own data. The p-values of
 * the others are then adjusted for the claims that are left, and their verdicts follow.
 */
export function withoutSeen(rows: readonly ScoreboardRow[], seen: readonly string[]): ScoreboardRow[] {
  const takenBack = ({ claim, ours }: ScoreboardRow): boolean =>
    ABOUT_UNSEEN.includes(claim.id) && (ours?.domains ?? []).some((domain) => seen.includes(domain));
  if (!rows.some(takenBack)) return [...rows];
  const left = rows.map((row): ScoreboardRow =>
    takenBack(row) ? { ...row, ours: undefined, verdict: 'not measured', reason: SEEN } : row,
  );
  const adjusted = holm(left.flatMap(({ ours }) => ours?.p ?? []));
  return left.map((row) => {
    if (row.ours === undefined) return row;
    const ours = { ...row.ours, adjustedP: adjusted.shift() as number };
    return { ...row, ours, verdict: verdict(row.claim, ours.interval, ours.adjustedP) };
  });
}
