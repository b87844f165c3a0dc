/** The books of a run: what may start, what a failure stops, and how often a damaged result is computed. */
import { expect, test } from 'vitest';
import { RunState } from '../../lib/src/pipeline/runState';
import type { StageNode } from '../../lib/src/pipeline/stage';

const node = (key: string, inputs: Record<string, StageNode> = {}): StageNode =>
  ({ key, label: key, inputs }) as StageNode;
const keys = (nodes: Iterable<StageNode>): string[] => [...nodes].map(({ key }) => key);

/** Input "a" of "b" and "c", and "d" of "b". */
const a = node('a');
const b = node('b', { a });
const c = node('c', { a });
const d = node('d', { b });
const nodes = [a, b, c, d];

function started(state: RunState, ...which: StageNode[]): RunState {
  for (const each of which) state.start(each);
  return state;
}

test('a stage is ready once its inputs are there, and then the most awaited comes first', () => {
  const state = new RunState([a, c, b, d], []);
  expect(keys(state.ready())).toEqual(['a']);
  started(state, a);
  expect([keys(state.ready()), keys(state.underWay.values())]).toEqual([[], ['a']]);
  state.finish(a);
  expect(keys(state.ready())).toEqual(['b', 'c']);
  expect([state.isOver, new RunState(nodes, keys(nodes)).isOver]).toEqual([false, true]);
});

test('a failure stops what depends on it, however indirectly, and nothing else', () => {
  const state = started(new RunState(nodes, ['a']), b);
  state.fail(b, 'no luck', 'no luck\n  at a line');
  expect(keys(state.ready())).toEqual(['c']);
  started(state, c).finish(c);
  expect(state.isOver).toBe(true);
  expect(() => state.throwIfFailed()).toThrow(/^1 stage failed, 1 not run because of that:\n {2}b: no luck$/);
  expect(state.status([], 1).failures).toEqual([
    { label: 'b', message: 'no luck', stack: 'no luck\n  at a line' },
  ]);
});

test('once it is stopped, nothing that waits is started', () => {
  const state = started(new RunState(nodes, ['a']), b);
  state.stop();
  state.fail(b, 'no space left');
  expect([keys(state.ready()), state.isOver]).toEqual([[], true]);
  expect(() => state.throwIfFailed()).toThrow('1 stage failed, 2 not run');
});

test('a damaged input is computed again, then every stage that could not read it', () => {
  const state = started(new RunState(nodes, ['a']), b, c);
  state.repairInput(b, 'a');
  // "c" had begun before "a" was set aside.
  state.repairInput(c, 'a');
  expect(keys(state.ready())).toEqual(['a']);
  started(state, a).finish(a);
  expect(keys(state.ready()).sort()).toEqual(['b', 'c']);
  state.throwIfFailed();
});

test('an input that cannot be read although it was computed again fails the stage', () => {
  const state = started(new RunState(nodes, ['a']), b);
  state.repairInput(b, 'a');
  for (const again of [a, b]) started(state, again);
  state.finish(a);
  state.repairInput(b, 'a');
  expect(() => state.throwIfFailed()).toThrow('b: its input "a" could not be read from the store');
  expect(keys(state.ready())).toEqual(['c']);
});

test('an input that is no stage of the run fails the stage', () => {
  const state = started(new RunState(nodes, ['a']), b);
  state.repairInput(b, '0123456789abcdef');
  expect(() => state.throwIfFailed()).toThrow('b: its input "0123456789ab" could not be read');
});

test('a result that is damaged twice is a failure', () => {
  const state = new RunState(nodes, ['a']);
  state.repair(a);
  expect(keys(state.ready())).toEqual(['a']);
  started(state, a).finish(a);
  state.repair(a);
  expect(() => state.throwIfFailed()).toThrow('a: its result could not be read from the store');
  expect(keys(state.ready())).toEqual([]);
});

test('the status counts what was found and what was computed, and estimates the rest', () => {
  const state = started(new RunState(nodes, ['a'], () => 10), b);
  state.finish(b, 10);
  started(state, c, d);
  const running = [{ node: c, share: 0.5, message: 'epoch 3' }];
  // Nobody has heard of "d" yet: all of it is still to be done.
  expect(state.status(running, 1)).toEqual({
    total: 4,
    done: 2,
    fromStore: 1,
    running: [{ label: 'c', share: 0.5, message: 'epoch 3' }],
    failures: [],
    secondsLeft: 15,
    waitingFor: undefined,
  });
});
