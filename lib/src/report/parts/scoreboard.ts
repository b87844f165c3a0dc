/** What was found, in words, as a picture, and claim by claim. */
import type { Block } from '../block';
import { answeredClaims } from '../display/answeredClaims';
import { findings } from '../display/findings';
import { besideProfiles, countVerdicts } from '../display/verdicts';
import { scoreboard } from '../figures';
import { hasOwnVerdicts } from '../otherProfiles';
import type { Part } from './part';

export const scoreboardPart: Part = {
  name: 'scoreboard',
  section: '5',
  blocks: async (session, sessions) => {
    const { rows, leftOut } = answeredClaims(await session.scoreboard(), session.profile);
    if (rows.length === 0) return [{ heading: 'What was found' }, { text: leftOut as string }];
    const answered = leftOut === undefined ? undefined : `the ${rows.length} claims that this run can judge`;
    const beside = sessions.filter(({ profile }) => hasOwnVerdicts(profile));
    const others = await Promise.all(
      beside.map(async (other) => ({ profile: other.profile.name, rows: await other.scoreboard() })),
    );
    const counts = others.map((other) => ` Profile ${other.profile}, ${countVerdicts(other.rows)}`).join('');
    return [
      { heading: 'What was found' },
      ...findings(rows, answered).map(({ intro, claims }): Block => ({ intro, list: claims })),
      {
        figure: scoreboard(rows),
        caption: 'Each claim of the paper: our effect with its 95 % interval over users.',
      },
      { heading: 'Scoreboard' },
      {
        text:
          `${countVerdicts(rows)}${counts} Judged are the paper's tables and Figure 2, not what it says of ` +
          'attention (section 3.2). A verdict is about a profile and its data. "Did the language models ' +
          'learn?" says whether its language models learnt enough to say something about the paper.',
      },
      ...(leftOut === undefined ? [] : [{ text: leftOut }]),
      { table: besideProfiles(rows, others) },
    ];
  },
};
