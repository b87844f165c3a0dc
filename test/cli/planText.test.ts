/** What `elephant plan` prints. */
import { expect, test } from 'vitest';
import { planText } from '../../lib/src/cli/planText';
import { ASSUMPTIONS, ratesOf } from '../../lib/src/experiments/costs/devices';
import type { KindPlan, Plan } from '../../lib/src/experiments/plan';

const dataset: KindPlan = {
  kind: 'dataset',
  stages: 7,
  missing: 7,
  seconds: 0.7,
  flop: 0,
  bytes: 250 * 2 ** 20,
  movedBytes: undefined,
  spentOn: undefined,
  measured: 1.25,
};
const plan: Plan = {
  stages: 7,
  missing: 7,
  seconds: 0.4,
  bytes: 500 * 2 ** 20,
  kinds: [dataset],
  choices: [],
  each: [],
  scaling: [
    { machines: 1, seconds: 0.4, speedup: 1 },
    { machines: 64, seconds: 0.1, speedup: 4 },
  ],
  criticalPath: { seconds: 0.1, stages: ['Arts', 'tokens of items, Arts'] },
};

test('what is missing, what was chosen, and how long it takes', () => {
  const choices = ['Six of one.', 'Half a dozen of the other.'];
  expect(planText('smoke', 2, { ...plan, choices }).split('\n')).toEqual([
    'kind              stages  missing        FLOP      memory    worker time   measured',
    'dataset                7        7           –     250 MiB          0.7 s      x 1.3',
    'all                    7        7           –     500 MiB          0.7 s          –',
    ...choices,
    expect.stringMatching(/^About 0\.4 s with 2 worker processes\./),
    '',
  ]);
});

test('nothing missing: no cell is blank, and a line says so', () => {
  const kinds = [{ ...dataset, missing: 0, seconds: 0, bytes: 0, measured: undefined }];
  const text = planText('smoke', 2, { ...plan, missing: 0, seconds: 0, bytes: 0, kinds });
  expect(text.split('\n').slice(1)).toEqual([
    'dataset                7        0           –           –              –          –',
    'all                    7        0           –           –              –          –',
    'Nothing is missing: all 7 stages of smoke are in the store.',
    '',
  ]);
});

test('for a device: bytes, what the time is spent on, machines, and all that is assumed', () => {
  const trained: KindPlan = {
    kind: 'finetune',
    stages: 1,
    missing: 1,
    seconds: 100,
    flop: 1e15,
    bytes: 20e9,
    movedBytes: 3e14,
    spentOn: { products: 10, memory: 20, launch: 5, bus: 60, start: 5 },
    measured: undefined,
  };
  const device = { ...ratesOf('T4', 'cuda'), assumptions: Object.values(ASSUMPTIONS) };
  const large = (label: string) => ({
    label,
    bytes: 17e9,
    setting: label === 'b' ? 'finetune.pieces=2' : undefined,
  });
  const memory = { limitBytes: device.memoryBytes, tooLarge: ['a', 'b', 'c', 'd'].map(large) };
  const text = planText('paper', 1, { ...plan, seconds: 100, kinds: [dataset, trained], device, memory });
  const lines = text.split('\n');
  expect(lines[0]).toMatch(/FLOP +memory +moved +worker time +mostly on$/);
  expect(lines[2]).toMatch(/1\.0e\+15 +19073 MiB +3\.0e\+14 B +1 min 40 s +bus 60 %$/);
  expect(lines[3]).toMatch(/^all +7 +7 +1\.0e\+15 +19073 MiB/);
  expect(lines[4]).toBe('About 1 min 40 s with 1 worker process and one NVIDIA T4, products in fp32.');
  expect(text).toContain('Machines with one T4 and 1 process each:\n');
  expect(text).toContain('      64           0.1 s      4.0\n');
  expect(text).toContain('No number of machines is quicker than 0.1 s: Arts -> tokens of items, Arts\n');
  expect(text).toContain(
    '4 stages need more than 15259 MiB: a (16212 MiB); b (16212 MiB, fits with finetune.pieces=2); ' +
      'c (16212 MiB); ...\n',
  );
  expect(text).toContain(`Rates: ${device.source}.\n`);
  for (const { name, value, meaning } of device.assumptions)
    expect(text).toMatch(new RegExp(`^  ${name} +${value} +${meaning}$`, 'm'));
});

test('mixed precision: what of it is counted, and what is that of single precision', () => {
  const mixed = { ...plan, precision: 'mixed' } as const;
  expect(planText('smoke', 2, mixed)).toContain(
    'Mixed precision: the memory of a process, and the time of language models, are those of single ' +
      'precision. The CPU takes more of both.\n',
  );
  const device = { ...ratesOf('H100', 'cuda'), assumptions: Object.values(ASSUMPTIONS) };
  expect(planText('smoke', 2, { ...mixed, device })).toContain(
    'Mixed precision: memory and bytes are those of its programs, casts included. ' +
      'Its products in float16 are timed in tf32.\n',
  );
  expect(planText('smoke', 2, { ...mixed, missing: 0 })).not.toContain('Mixed precision');
  expect(planText('smoke', 2, plan)).not.toContain('Mixed precision');
});
