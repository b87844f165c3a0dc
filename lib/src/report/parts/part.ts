/** What a part of the report is. */
import type { Session } from '../../experiments/session';
import type { Block } from '../block';
import type { Condition } from '../conditions';

export interface Part {
  readonly name: string;
  /**
   * Section of the paper, which is in the notebook's name too. Undefined if the part belongs to no single
   * section.
   */
  readonly section: string | undefined;
  /** True if the profile has what the part shows. Without it the part is always shown. */
  readonly within?: Condition;
  /** `others`: the committed results of other profiles, to show beside. */
  readonly blocks: (session: Session, others: readonly Session[]) => Promise<Block[]>;
}
