/**
 * What an answer to an exercise is: what the reader would type, and what then holds. `session` answers from
 * the committed results.
 */
import type { Session } from '../../../lib/src/experiments/session';

export type Answer = (session: Session) => void | Promise<void>;
