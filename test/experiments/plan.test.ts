/**
 * Plans: estimates that follow the sizes, corrections from what was measured, and GPUs that are not here.
 */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { allNodes } from '../../lib/src/experiments/allNodes';
import { publishedDevices, ratesOf } from '../../lib/src/experiments/costs/devices';
import { domainSizes } from '../../lib/src/experiments/costs/domainSizes';
import { workOf } from '../../lib/src/experiments/costs/work';
import { expectedSeconds, planOf, type Plan } from '../../lib/src/experiments/plan';
import { profile } from '../../lib/src/experiments/profiles';
import { closure } from '../../lib/src/pipeline/stage';
import { Store } from '../../lib/src/pipeline/store';
import { freshFolder } from '../support/folders';

const freshStore = (): Store => new Store(join(freshFolder(), 'store'));

test('estimates before the first run follow the sizes; finished stages correct their kind', async () => {
  const store = freshStore();
  const planFor = (...set: string[]) => {
    const p = profile('smoke', set);
    return planOf(allNodes(p), p, store, { workers: 2 });
  };
  const plain = await planFor();
  expect(plain.missing).toBe(plain.stages);
  for (const { kind: name, seconds, bytes } of plain.kinds) {
    expect(seconds, name).toBeGreaterThan(0);
    expect(bytes, name).toBeGreaterThan(1e6);
  }
  const longer = await planFor('finetune.epochs=4', 'finetune.patience=4');
  const of = (plan: typeof plain, name: string) => plan.kinds.find((entry) => entry.kind === name)!;
  expect(of(longer, 'finetune').flop).toBeGreaterThan(2 * of(plain, 'finetune').flop);
  expect(of(longer, 'pretrain').flop).toBe(of(plain, 'pretrain').flop);

  const smoke = profile('smoke');
  const node = closure(allNodes(smoke)).find((each) => each.kind.name === 'recommender')!;
  const alone = await planOf([node], smoke, store, { workers: 1 });
  store.write(node, { json: {}, arrays: {} }, 3 * of(alone, 'recommender').seconds);
  const corrected = of(await planFor(), 'recommender');
  expect(corrected.measured).toBeCloseTo(3, 6);
  expect(corrected.seconds).toBeGreaterThan(2.5 * of(plain, 'recommender').seconds);
});

test('before anything is measured, a wide language model is expected to take longer', () => {
  const expected = (hidden: number): number => {
    const p = profile('smoke', ['language.from=scratch', `language.hidden=${hidden}`]);
    const node = closure(allNodes(p)).find(({ kind }) => kind.name === 'pretrain')!;
    return expectedSeconds(p, freshStore())(node);
  };
  expect(expected(384) / expected(64)).toBeGreaterThan(4);
});

/** Table 3 of smoke, with language models of its own. */
const TRAINED = ['language.from=scratch', 'tables=["table3"]', 'beyond=[]', 'equalScales=[]'];
/** The plan of it on a GPU by name. */
function planOn(name: string, provider: 'cuda' | 'webgpu' = 'cuda', ...set: string[]): Promise<Plan> {
  const rates = ratesOf(name, provider);
  const p = { ...profile('smoke', [...TRAINED, ...set]), device: rates.device };
  return planOf(allNodes(p), p, freshStore(), { workers: 2, rates });
}
const trained = ['language', 'pretrain', 'finetune', 'encode', 'recommender'];

test('for a published device: FLOP, memory, bytes and time of each stage, and 1 to 64 machines', async () => {
  const plan = await planOn('H100');
  for (const { kind, flop, bytes, movedBytes, seconds, spentOn } of plan.kinds) {
    expect(spentOn !== undefined, kind).toBe(trained.includes(kind));
    if (spentOn === undefined) continue;
    expect(Math.min(flop, bytes, movedBytes!), kind).toBeGreaterThan(1e5);
    expect(
      Object.values(spentOn).reduce((sum, part) => sum + part, 0),
      kind,
    ).toBeCloseTo(seconds, 6);
  }
  expect(plan.each).toHaveLength(plan.missing);
  expect(plan.scaling.map(({ machines }) => machines)).toEqual([1, 2, 4, 8, 16, 32, 64]);
  const [one, ...more] = plan.scaling;
  expect(one).toEqual({ machines: 1, seconds: plan.seconds, speedup: 1 });
  const work = plan.kinds.reduce((sum, { seconds }) => sum + seconds, 0);
  for (const { machines, seconds } of more) {
    expect(seconds).toBeGreaterThanOrEqual(plan.criticalPath.seconds);
    expect(seconds).toBeGreaterThanOrEqual(work / machines / 2);
  }
  expect(more.at(-1)!.seconds).toBeLessThan(0.5 * plan.seconds);
  expect(plan.device).toMatchObject({ name: 'H100', precision: 'tf32' });
  expect(plan.memory).toEqual({ limitBytes: 80e9, tooLarge: [] });
});

test('its FLOP are near those of the formulas', async () => {
  const { kinds } = await planOn('H100');
  const p = profile('smoke', TRAINED);
  const sizes = domainSizes(p, () => undefined);
  const nodes = closure(allNodes(p));
  for (const kind of trained) {
    const estimated = nodes
      .filter((node) => node.kind.name === kind)
      .reduce((sum, node) => sum + workOf(node, p, sizes)!.flop, 0);
    const counted = kinds.find((each) => each.kind === kind)!.flop;
    // The formula for recommenders leaves out attention: half of the work at smoke's width, a tenth at 768.
    expect(counted / estimated, kind).toBeGreaterThan(0.5);
    expect(counted / estimated, kind).toBeLessThan(kind === 'recommender' ? 2.5 : 2);
  }
});

test('a slower device takes longer, under WebGPU the state stays on it', async () => {
  const of = (plan: Plan, kind: string) => plan.kinds.find((each) => each.kind === kind)!;
  const [h100, t4, webgpu] = await Promise.all([planOn('H100'), planOn('T4'), planOn('H100', 'webgpu')]);
  expect(of(t4, 'pretrain').seconds).toBeGreaterThan(of(h100, 'pretrain').seconds);
  expect(of(webgpu, 'recommender').spentOn!.bus).toBeLessThan(of(h100, 'recommender').spentOn!.bus);
  expect(webgpu.device!.precision).toBe('fp32');
});

test('mixed precision is counted in what is trained on a device, and in nothing else', async () => {
  const rates = ratesOf('H100', 'cuda');
  const planFor = (precision?: 'mixed') => {
    const p = { ...profile('smoke', TRAINED), device: rates.device, ...(precision && { precision }) };
    return planOf(allNodes(p), p, freshStore(), { workers: 2, rates });
  };
  const [single, mixed] = [await planFor(), await planFor('mixed')];
  expect(single).not.toHaveProperty('precision');
  expect(mixed.precision).toBe('mixed');
  for (const kind of trained) {
    const [of, inMixed] = [single, mixed].map(({ kinds }) => kinds.find((each) => each.kind === kind)!);
    expect(inMixed.flop / of.flop, kind).toBeCloseTo(1, 6);
    // An operator's launch is most of its time at smoke's width, and casts are operators.
    if (kind === 'encode') expect(inMixed, kind).toEqual(of);
    else expect(inMixed.spentOn!.launch, kind).toBeGreaterThan(of.spentOn!.launch);
  }
});

test('stages that need more memory than there is are named, with what makes them fit', async () => {
  const rates = ratesOf('H100', 'cuda');
  const p = { ...profile('smoke', TRAINED), device: rates.device };
  const { kinds } = await planOn('H100');
  const most = kinds.find(({ kind }) => kind === 'pretrain')!.bytes;
  const nodes = closure(allNodes(p)).filter(({ kind }) => kind.name === 'pretrain');
  const plan = await planOf(nodes, p, freshStore(), { workers: 1, rates, memoryBytes: 0.9 * most });
  expect(plan.memory!.limitBytes).toBe(0.9 * most);
  expect(plan.memory!.tooLarge.length).toBeGreaterThan(0);
  for (const { label, bytes, setting } of plan.memory!.tooLarge) {
    expect(label).toMatch(/^pre-training/);
    expect(bytes).toBe(most);
    expect(setting).toMatch(/^pretrain\.memory=[\d.]+$/);
  }
});

test('a device that is not known names the nearest; the CPU computes on none', () => {
  expect(() => ratesOf('H10', 'cuda')).toThrow(
    /--device: unknown device "H10"\. Did you mean "H100"\? Known: measured, H200/,
  );
  expect(() => ratesOf('H100', 'cpu')).toThrow(
    /expected the provider cuda or webgpu with H100, got cpu. Add --provider cuda/,
  );
  expect(ratesOf('h100', 'cuda').full).toBe('NVIDIA H100 SXM');
  expect(ratesOf('V100', 'cuda').precision).toBe('fp32');
});

test('every published device has plausible rates and names their source', () => {
  const devices = publishedDevices();
  expect(new Set(devices.map(({ name }) => name.toLowerCase())).size).toBe(devices.length);
  for (const { name, full, source, memoryGB, fp32, tf32 = fp32, bandwidth, bus } of devices) {
    expect(source, name).toMatch(/^NVIDIA .*(data sheet|white paper)/);
    expect(full, name).toMatch(/^NVIDIA /);
    // What a source is quoted for stands in the file; TF32 of some is with sparsity, twice as much.
    const quoted = source.replaceAll(',', '');
    for (const value of [fp32, memoryGB]) expect(quoted, name).toContain(String(value));
    expect(
      [tf32, 2 * tf32].some((value) => quoted.includes(String(value))),
      name,
    ).toBe(true);
    expect(
      [bandwidth, bandwidth / 1000].some((value) => quoted.includes(String(value))),
      name,
    ).toBe(true);
    expect(tf32, name).toBeGreaterThanOrEqual(fp32);
    expect([16, 32, 64], name).toContain(bus);
  }
});

test('an interruption ends the measuring of this machine', async () => {
  const p = profile('smoke');
  const controller = new AbortController();
  const planned = planOf(allNodes(p), p, freshStore(), { workers: 1, signal: controller.signal });
  setTimeout(() => controller.abort(new Error('stop')), 50);
  const started = performance.now();
  await expect(planned).rejects.toThrow('stop');
  expect(performance.now() - started).toBeLessThan(2_000);
});
