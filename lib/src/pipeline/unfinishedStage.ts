/**
 * The progress of a long stage, in case it is interrupted: checkpoints of its training in a folder within the
 * store. The folder is named by the stage's key, so checkpoints are never read for other inputs, another
 * configuration or other code. It is removed once the stage's result is written. runStage.ts makes it;
 * unfinishedStages.ts lists, checks and removes such folders.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, renameSync, rmSync, rmdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { tell } from '../tell';
import { systemCode } from '../writeProblem';
import { checkpointFolder } from '../training/checkpointFolder';
import type { TrainingCheckpoint } from '../training/trainingCheckpoint';
import type { StageNode } from './stage';
import type { Store } from './store';

/** The least number of seconds between two saves. */
const SAVE_EVERY = 20;
/** Saving takes at most one part in this many of a stage's time. */
const SHARE = 50;

export class UnfinishedStage {
  private readonly folder: string;
  /** All trainings of the stage share one clock; milliseconds. */
  private savedAt = performance.now();
  private cost = 0;
  private refused = false;
  private before = 0;

  /** `everySeconds` 0: save after every update, whatever it costs. */
  constructor(
    store: Store,
    private readonly node: StageNode,
    private readonly everySeconds = SAVE_EVERY,
  ) {
    this.folder = store.unfinished(node);
  }

  /** Where one training of the stage is saved; `part` is its name within the stage. */
  checkpoint(part: string): TrainingCheckpoint {
    const identity = { configuration: { part }, fingerprint: { stage: this.node.key } };
    const kept = checkpointFolder(join(this.folder, part), identity, tell);
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
          tell(
            `the saved progress of "${this.node.label}" cannot be read ` +
              `(${(error as Error).message}); set aside, the stage starts again`,
          );
          return undefined;
        }
      },
      save: async (...state) => {
        try {
          await kept.save(...state);
        } catch (error) {
          if (systemCode(error) === undefined) throw error;
          // The stage can continue without it; whether its result can be written will be seen later.
          this.refused = true;
          tell(
            `the progress of "${this.node.label}" cannot be saved (${(error as Error).message}); ` +
              'if interrupted, it will start again',
          );
        }
        // From the snapshot, which comes between due() and here, to the end of the write.
        this.cost = performance.now() - this.savedAt;
        this.savedAt += this.cost;
      },
    };
  }

  /** Seconds of training that were taken over from earlier runs. */
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
}
