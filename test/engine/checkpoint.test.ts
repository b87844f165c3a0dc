/** Checkpoints: to the bit, two kept, damage and strangers refused with the previous one offered. */
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  CheckpointError,
  listCheckpoints,
  loadCheckpoint,
  saveCheckpoint,
  type Checkpoint,
} from '../../lib/src/engine/checkpoint/checkpoint';
import { readSafetensors } from '../../lib/src/engine/safetensors/safetensors';
import { freshFolder } from '../support/folders';

let folder: string;
beforeEach(() => {
  folder = freshFolder();
});

const identity = {
  configuration: { d: 64, optimizer: { name: 'adam', rate: 1e-3 }, layers: [1, 2] },
  fingerprint: { data: 'abc' },
};
const at = (step: number): Checkpoint => ({
  ...identity,
  step,
  progress: { epoch: step / 10, best: 0.25 },
  versions: { elephant: '0.1.0' },
  tensors: {
    w: { shape: [2, 2], dtype: 'float32', data: Float32Array.of(step, 1 / 3, -0, NaN) },
    'w/m': { shape: [2, 2], dtype: 'float32', data: new Float32Array(4) },
    '/step': { shape: [], dtype: 'int32', data: Int32Array.of(step) },
  },
});

async function error(promise: Promise<unknown>): Promise<CheckpointError> {
  return promise.then(
    () => expect.fail('expected a CheckpointError'),
    (cause: unknown) => {
      expect(cause).toBeInstanceOf(CheckpointError);
      return cause as CheckpointError;
    },
  );
}

describe('checkpoints', () => {
  it('come back to the bit, newest first, and only two are kept', async () => {
    for (const step of [10, 20, 30]) await saveCheckpoint(folder, at(step));
    expect((await listCheckpoints(folder)).map((file) => file.step)).toEqual([20, 30]);
    expect(await loadCheckpoint(folder, identity)).toEqual(at(30));
    expect(readdirSync(folder)).toHaveLength(2);
  });

  it('are safetensors files that anyone reads', async () => {
    const path = await saveCheckpoint(folder, at(10));
    const { tensors, metadata } = await readSafetensors(path);
    expect(tensors).toEqual(at(10).tensors);
    expect(metadata.get('sha256')).toMatch(/^[0-9a-f]{64}$/);
  });

  it('are absent in an empty or missing folder', async () => {
    expect(await loadCheckpoint(folder, identity)).toBeUndefined();
    expect(await loadCheckpoint(join(folder, 'missing'), identity)).toBeUndefined();
  });

  it('are refused when any one bit is flipped, and the previous one is offered', async () => {
    const previous = await saveCheckpoint(folder, at(10));
    const path = await saveCheckpoint(folder, at(20));
    const whole = readFileSync(path);
    for (let byte = 0; byte < whole.length; byte++) {
      const flipped = Buffer.from(whole);
      flipped[byte] ^= 1 << (byte % 8);
      writeFileSync(path, flipped);
      const refusal = await error(loadCheckpoint(folder, identity));
      expect(refusal.previous).toBe(previous);
    }
    writeFileSync(path, whole);
    expect((await loadCheckpoint(folder, identity))?.step).toBe(20);
  });

  it('are refused when truncated anywhere; the trainer may take the previous one', async () => {
    await saveCheckpoint(folder, at(10));
    const path = await saveCheckpoint(folder, at(20));
    const whole = readFileSync(path);
    for (const length of [0, 7, 8, 50, whole.length >> 1, whole.length - 1]) {
      writeFileSync(path, whole.subarray(0, length));
      expect((await error(loadCheckpoint(folder, identity))).message).toContain('The previous one');
      const lines: string[] = [];
      const loaded = await loadCheckpoint(folder, identity, {
        damaged: 'previous',
        warn: (line) => lines.push(line),
      });
      expect(loaded).toEqual(at(10));
      expect(lines).toHaveLength(1);
      expect(lines[0]).toContain('resuming from the previous checkpoint, step 10');
    }
  });

  it('of another configuration or other data are refused with the differing keys', async () => {
    await saveCheckpoint(folder, at(10));
    const other = {
      configuration: { d: 64, optimizer: { name: 'adam', rate: 3e-3 }, layers: [1, 3], extra: true },
      fingerprint: { data: 'abd' },
    };
    const { message, previous } = await error(loadCheckpoint(folder, other, { damaged: 'previous' }));
    expect(message).toContain('configuration.optimizer.rate (checkpoint 0.001, this run 0.003)');
    expect(message).toContain('configuration.layers[1] (checkpoint 2, this run 3)');
    expect(message).toContain('configuration.extra (checkpoint absent, this run true)');
    expect(message).toContain('fingerprint.data (checkpoint "abc", this run "abd")');
    expect(message).not.toContain('configuration.d ');
    expect(previous).toBeUndefined();
  });

  it('say so if no older one is left', async () => {
    const path = await saveCheckpoint(folder, at(10));
    truncateSync(path, 100);
    const refusal = await error(loadCheckpoint(folder, identity, { damaged: 'previous' }));
    expect(refusal.message).toContain('There is no older one to go back to');
  });

  it('of steps beyond the one a run went back to are removed', async () => {
    for (const step of [10, 20]) await saveCheckpoint(folder, at(step));
    await saveCheckpoint(folder, at(15));
    expect((await listCheckpoints(folder)).map((file) => file.step)).toEqual([10, 15]);
  });

  it('never hold a number that JSON would lose', async () => {
    await expect(saveCheckpoint(folder, { ...at(10), progress: { best: -Infinity } })).rejects.toThrow(
      'got -Infinity at "best"',
    );
    expect(readdirSync(folder)).toEqual([]);
  });
});
