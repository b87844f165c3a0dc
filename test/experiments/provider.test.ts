/**
 * What a provider and a precision change of a profile's stages: keys of what is trained or encoded, no
 * others.
 */
import { afterEach, expect, test, vi } from 'vitest';
import type { Device } from '../../lib/src/engine/types';
import { allNodes } from '../../lib/src/experiments/allNodes';
import { openProfile } from '../../lib/src/experiments/openProfile';
import { profile } from '../../lib/src/experiments/profiles';
import { resultsPath } from '../../lib/src/experiments/results/exportResults';
import { providerOf } from '../../lib/src/experiments/stages/providerOf';
import { closure } from '../../lib/src/pipeline/stage';

const device: Device = { provider: 'webgpu', name: 'a card', oneAtATime: true };
const TRAINED = ['language', 'pretrain', 'finetune', 'encode', 'attention', 'recommender'];

afterEach(() => vi.unstubAllEnvs());

test('stages that train or encode are on the device, under other keys; the rest are on the CPU', () => {
  const cpu = closure(allNodes(profile('smoke')));
  const there = closure(allNodes({ ...profile('smoke'), device }));
  expect(there.map(({ label }) => label)).toEqual(cpu.map(({ label }) => label));
  const kinds = (nodes: typeof cpu): string[] => [...new Set(nodes.map(({ kind }) => kind.name))].sort();
  expect(kinds(there.filter((node) => node.device !== undefined))).toEqual([...TRAINED].sort());
  there.forEach((node, i) => {
    expect(node.config).toEqual(cpu[i].config);
    expect(node.device).toEqual(TRAINED.includes(node.kind.name) ? device : undefined);
    const reached = closure([node]).some((input) => input.device !== undefined);
    expect(node.key === cpu[i].key, node.label).toBe(!reached);
  });
  expect(cpu.every((node) => !('device' in node))).toBe(true);
});

test('mixed precision is part of the keys of what is trained, and of nothing else', () => {
  const single = closure(allNodes(profile('smoke')));
  const mixed = closure(allNodes({ ...profile('smoke'), precision: 'mixed' }));
  const trained = TRAINED.filter((kind) => kind !== 'encode' && kind !== 'attention');
  expect(mixed.map(({ label }) => label)).toEqual(single.map(({ label }) => label));
  mixed.forEach((node, i) => {
    const own = trained.includes(node.kind.name) ? { precision: 'mixed' } : {};
    expect(node.config).toEqual({ ...(single[i].config as object), ...own });
    const reached = closure([node]).some(({ config }) => (config as { precision?: string }).precision);
    expect(node.key === single[i].key, node.label).toBe(!reached);
  });
  expect(single.every(({ config }) => !('precision' in (config as object)))).toBe(true);
  expect(resultsPath({ ...profile('mini'), precision: 'mixed' })).toBeUndefined();
});

test('mixed precision takes the released language models', () => {
  const released = (precision?: 'mixed'): string[] =>
    closure(allNodes({ ...profile('mini'), ...(precision && { precision }) }))
      .filter(({ kind }) => kind.name === 'releasedModel')
      .map(({ key }) => key);
  expect(released('mixed')).toEqual(released());
});

test('mixed precision is set by the option or ELEPHANT_PRECISION, and refused before any work', () => {
  expect(openProfile({ profile: 'smoke', precision: 'mixed' }).profile.precision).toBe('mixed');
  vi.stubEnv('ELEPHANT_PRECISION', 'mixed');
  expect(openProfile({ profile: 'smoke' }).profile.precision).toBe('mixed');
  expect(openProfile({ profile: 'smoke', precision: 'single' }).profile).not.toHaveProperty('precision');
  for (const provider of ['webgpu', 'tfjs'] as const)
    expect(() => openProfile({ profile: 'smoke', provider })).toThrow(
      `precision: expected a provider with mixed precision (cpu or cuda), got ${provider}`,
    );
  vi.stubEnv('ELEPHANT_PRECISION', 'half');
  expect(() => openProfile({ profile: 'smoke' })).toThrow(/unknown precision "half"/);
});

test("every provider takes released language models; no results file of theirs is among the CPU's", () => {
  const mini = { ...profile('mini'), device };
  const nodes = closure(allNodes(mini));
  expect(nodes.filter(({ kind }) => kind.name === 'releasedModel').length).toBeGreaterThan(0);
  expect(resultsPath(mini)).toBeUndefined();
  expect(resultsPath(profile('mini'))).toMatch(/mini\.json$/);
});

test('a provider is named; auto and others are refused before any work', () => {
  expect(() => openProfile({ profile: 'smoke', provider: 'gpu' as 'cuda' })).toThrow(
    /unknown provider "gpu"/,
  );
  vi.stubEnv('ELEPHANT_PROVIDER', 'auto');
  expect(() => openProfile({ profile: 'smoke' })).toThrow(/got "auto"[^]*elephant doctor/);
  vi.stubEnv('ELEPHANT_PROVIDER', 'tfjs');
  expect(openProfile({ profile: 'smoke' }).profile.device).toMatchObject({ provider: 'tfjs' });
  expect(openProfile({ profile: 'smoke', provider: 'cpu' }).profile).not.toHaveProperty('device');
});

test('a stage is not computed on another device than its key names', () => {
  expect(providerOf({})).toBe('cpu');
  vi.stubEnv('VK_DRIVER_FILES', '/drivers/vk_swiftshader_icd.json');
  expect(providerOf({ device: { ...device, name: 'SwiftShader' } })).toBe('webgpu');
  expect(() => providerOf({ device })).toThrow(/expected the device "a card"[^]*got "SwiftShader"/);
});
