/** SASRec's gain from each item table, split into what the vectors say and their scale. */
import type { Session } from '../../experiments/session';
import type { Block } from '../block';
import { gainSplit, gainSplits } from '../figures';

/** A figure of a profile with Table 3 and `equalScales`; `of` names it where it isn't the report's own. */
export async function textAndScale(session: Session, of = ''): Promise<Block> {
  const [table3, equal] = [await session.table3('SASRec'), await session.equalScales()];
  return {
    figure: gainSplit(gainSplits(table3, equal), session.profile.equalScales),
    caption:
      `The gain of SASRec from each item table${of}, split in two: from random vectors to the table at the ` +
      'same scale (what the vectors say), and from there to the table as it is (their scale).',
  };
}
