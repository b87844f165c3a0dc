/** What the workers of a queue said last, for the coordinator: which stages they compute, and how far. */
import { tell } from '../tell';
import { readBeat, SILENT_MS } from './heartbeat';

interface Heard {
  readonly share: number;
  readonly message: string;
  /** As `performance.now()` counts. */
  readonly at: number;
}

export class WorkersHeard {
  private readonly stages = new Map<string, Heard>();
  private readonly refusals = new Set<string>();
  private last = performance.now();
  private toldOfNone = false;

  /** Takes what a worker said about stages of which `concerns` is true; false if it was no beat. */
  hear(data: string, concerns: (key: string) => boolean): boolean {
    const beat = readBeat(data);
    if (beat === undefined) return false;
    this.last = performance.now();
    this.toldOfNone = false;
    for (const { key, share, message } of beat.running)
      if (concerns(key))
        this.stages.set(key, { share, message: `${message} (${beat.worker})`, at: this.last });
    if (beat.refusal !== undefined && !this.refusals.has(beat.refusal)) {
      this.refusals.add(beat.refusal);
      tell(`${beat.worker} leaves a stage to others: ${beat.refusal}`);
    }
    return true;
  }

  /** What was said of a stage, unless that is too long ago. */
  of(key: string): Heard | undefined {
    const heard = this.stages.get(key);
    return heard !== undefined && performance.now() - heard.at < SILENT_MS ? heard : undefined;
  }

  forget(key: string): void {
    this.stages.delete(key);
  }

  /** Says once how to start a worker, when none was heard for long. */
  tellIfNone(queue: string, store: string): void {
    if (this.toldOfNone || performance.now() - this.last <= SILENT_MS) return;
    this.toldOfNone = true;
    tell(`waiting for a worker: elephant worker --queue ${queue} --store ${store}`);
  }
}
