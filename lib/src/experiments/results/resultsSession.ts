/**
 * A session that answers from a results file: every view of the report and the notebooks, without a store,
 * data or training. What the file does not hold is refused with the call's text, never computed.
 */
import { InputError } from '../../errors';
import { folders } from '../../project';
import { Session } from '../session';
import { Store } from '../../pipeline/store';
import { BY_COLUMN, callText, columnsOf, VIEWS, type ViewName } from './calls';
import { readResults, type Results } from './resultsFile';

export class ResultsSession extends Session {
  constructor(
    readonly stored: Results,
    private readonly file: string,
  ) {
    super(stored.profile, new Store(folders.store), {});
  }

  override run(): Promise<void> {
    return Promise.reject(
      new InputError(
        this.file,
        'these are results only, nothing can be computed from them',
        'Open the profile without them',
      ),
    );
  }

  async answer(view: ViewName, args: readonly unknown[]): Promise<unknown> {
    if (!BY_COLUMN.has(view)) return this.lookUp(view, args);
    const columns = Array.isArray(args[1]) ? (args[1] as readonly string[]) : columnsOf(view, this.profile);
    return columns.flatMap((column) => this.lookUp(view, [args[0], [column]]) as unknown[]);
  }

  private lookUp(view: ViewName, args: readonly unknown[]): unknown {
    const call = callText(view, args, this.profile);
    if (!Object.hasOwn(this.stored.answers, call)) {
      throw new InputError(
        `${this.file}, ${call}`,
        'these results do not hold that',
        `elephant run --profile ${this.profile.name} computes what they were made from`,
      );
    }
    return structuredClone(this.stored.answers[call]);
  }
}

for (const view of VIEWS) {
  Object.defineProperty(ResultsSession.prototype, view, {
    value(this: ResultsSession, ...args: readonly unknown[]): Promise<unknown> {
      return this.answer(view, args);
    },
  });
}

/** Opens a results file. */
export function openResults(file: string): Session {
  return new ResultsSession(readResults(file), file);
}
