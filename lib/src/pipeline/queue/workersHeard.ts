/**
 * The last reports of a queue's workers, for the coordinator: which stages they compute, and how far they
 * are.
 */
import { tell } from '../../tell';
import { readBeat, SILENT_MS } from './heartbeat';

interface Heard {
  readonly share: number;
  readonly message: string;
  /** By `performance.now()`. */
  readonly at: number;
}

export class WorkersHeard {
  private readonly stages = new Map<string, Heard>();
  private readonly refusals = new Set<string>();
  private last = performance.now();
  private toldOfNone = false;

  /**
   * Records what a worker said about the stages for which `concerns` is true; false if it was not a
   * heartbeat.
   */
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

  /** The last report on a stage, unless it is too old. */
  of(key: string): Heard | undefined {
    const heard = this.stages.get(key);
    return heard !== undefined && performance.now() - heard.at < SILENT_MS ? heard : undefined;
  }

  forget(key: string): void {
    this.stages.delete(key);
  }

  /** Says once how to start a worker, if none has reported for long. */
  tellIfNone(queue: string, store: string): void {
    if (this.toldOfNone || performance.now() - this.last <= SILENT_MS) return;
    this.toldOfNone = true;
    tell(`waiting for a worker: elephant worker --queue ${queue} --store ${store}`);
  }
}
