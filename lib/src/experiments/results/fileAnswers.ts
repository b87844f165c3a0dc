/**
 * Answers from a results file: every view of the report and the notebooks, without store, data or training. A
 * query that the file does not hold is refused by name, never computed.
 */
import { InputError, nearest } from '../../errors';
import { experiment } from '../experiment';
import type { Profile } from '../profiles';
import { withViews, type Answers, type Session } from '../session';
import type { Query } from '../views/view';
import { readResults, type Results } from './resultsFile';

export class FileAnswers implements Answers {
  constructor(
    readonly stored: Results,
    private readonly file: string,
  ) {}

  get profile(): Profile {
    return this.stored.profile;
  }

  get experiment() {
    return experiment(this.profile);
  }

  async get<T>(query: Query<T>): Promise<T> {
    const columns = query.columns(this.profile);
    const answer =
      columns === undefined
        ? this.lookUp(query.text(this.profile))
        : columns.flatMap((text) => this.lookUp(text) as unknown[]);
    // The file has under a query's text what that query's view made.
    return answer as T;
  }

  private lookUp(text: string): unknown {
    if (!Object.hasOwn(this.stored.answers, text)) {
      const near = nearest(text, Object.keys(this.stored.answers));
      throw new InputError(
        `${this.file}, ${text}`,
        'these results do not have it, and nothing can be computed from a results file',
        `${near === undefined ? '' : `The nearest that they hold is ${near}. `}` +
          `elephant run --profile ${this.profile.name} computes what they were made from`,
      );
    }
    return structuredClone(this.stored.answers[text]);
  }
}

/** Opens a results file. */
export function openResults(file: string): Session {
  return withViews(new FileAnswers(readResults(file), file));
}
