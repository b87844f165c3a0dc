/**
 * What a long stage has done before it is interrupted: checkpoints of its training in a folder of its own
 * within the store, named by the stage's key, so that they are never read for other inputs, another
 * configuration or other code. Gone once the stage's result is written. Made by runStage.ts for the stage
 * that it runs; looked after by unfinishedStages.ts.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, renameSync, rmSync, rmdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { systemCode } from '../writeProblem';
import { checkpointFolder } from '../training/checkpointFolder';
import type { TrainingCheckpoint } from '../training/trainer';
import type { StageNode } from './stage';
import type { Store } from './store';

/** Seconds from one save to the next, at least. */
const SAVE_EVERY = 20;
/** Of the time of a stage, saving takes at most one part in this many. */
const SHARE = 50;

export class UnfinishedStage {
  private readonly folder: string;
  /** All trainings of the stage share one clock; milliseconds. */
  private savedAt = performance.now();
  private cost = 0;
  private refused = false;
  private before = 0;

  /** `everySeconds` 0: after every update, whatever it costs. */
  constructor(
    store: Store,
    private readonly node: StageNode,
    private readonly everySeconds = SAVE_EVERY,
  ) {
    this.folder = store.unfinished(node);
  }

  /** Where one training of the stage is kept; `part` is its name within the stage. */
  checkpoint(part: string): TrainingCheckpoint {
    const identity = { configuration: { part }, fingerprint: { stage: this.node.key } };
    const kept = checkpointFolder(join(this.folder, part), identity, (line) => this.say(line));
    return {
      due: () => {
        const now = performance.now();
        const early =
          this.everySeconds > 0 && now - this.savedAt < Math.max(1000 * this.everySeconds, SHARE * this.cost);
        if (this.refused || early) return false;
        this.savedAt = now;
        return true;
      },
      load: async () => {
        try {
          const saved = await kept.load();
          this.before += saved?.state.seconds ?? 0;
          return saved;
        } catch (error) {
          const folder = join(this.folder, part);
          if (existsSync(folder))
            renameSync(folder, `${this.folder}.damaged-${randomBytes(4).toString('hex')}`);
          this.say(
            `what "${this.node.label}" had done before it was interrupted cannot be read ` +
              `(${(error as Error).message}); set aside, it starts anew`,
          );
          return undefined;
        }
      },
      save: async (...state) => {
        try {
          await kept.save(...state);
        } catch (error) {
          if (systemCode(error) === undefined) throw error;
          // The stage can do without; whether its result can be written will be seen then.
          this.refused = true;
          this.say(
            `what "${this.node.label}" has done so far cannot be kept (${(error as Error).message}); ` +
              'if interrupted it will start anew',
          );
        }
        // From the snapshot, which comes between due() and here, to the end of the write.
        this.cost = performance.now() - this.savedAt;
        this.savedAt += this.cost;
      },
    };
  }

  /** Seconds of training in earlier runs that were taken over. */
  get secondsBefore(): number {
    return this.before;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
    try {
      rmdirSync(dirname(this.folder));
    } catch {
      // Other stages are unfinished too, or none ever was.
    }
  }

  private say(line: string): void {
    process.stderr.write(`store: ${line}\n`);
  }
}
