/** Which Python a benchmark takes for its peer, and where that computes. */
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { peerEnvironment, peerPython } from '../../bench/options';
import { folderWith } from '../support/folders';

afterEach(() => vi.unstubAllEnvs());

/** Stands in for a Python whose torch sees a card, or does not. */
function python(exitCode: 0 | 1): string {
  const file = join(folderWith({ python: `#!/bin/sh\nexit ${exitCode}\n` }), 'python');
  chmodSync(file, 0o755);
  return file;
}

test('on the CPU it is the one that is given, or that of the environment', () => {
  vi.stubEnv('ELEPHANT_PYTHON', '/of/the/environment');
  expect(peerPython('cpu', '/given')).toBe('/given');
  expect(peerPython('cpu')).toBe('/of/the/environment');
  expect(peerEnvironment('cpu')).toEqual({});
});

test.skipIf(process.platform === 'win32')('on a card it is one whose torch sees the card', () => {
  const [sees, blind] = [python(0), python(1)];
  for (const provider of ['webgpu', 'cuda'] as const) {
    expect(peerPython(provider, sees)).toBe(sees);
    vi.stubEnv('ELEPHANT_PYTHON', sees);
    expect(peerPython(provider)).toBe(sees);
    vi.stubEnv('ELEPHANT_PYTHON', blind);
    expect(peerPython(provider)).toBeUndefined();
    for (const given of [blind, '/no/python'])
      expect(() => peerPython(provider, given)).toThrow(
        `expected a Python whose torch sees a CUDA card beside --provider ${provider}, got "${given}"`,
      );
  }
  vi.stubEnv('ELEPHANT_PYTHON', sees);
  expect(peerPython('tfjs')).toBeUndefined();
  expect(() => peerPython('tfjs', sees)).toThrow('--python: cannot stand beside --provider tfjs');
});

test('the peer multiplies in the precision of ours', () => {
  expect(peerEnvironment('webgpu')).toEqual({ PEER_DEVICE: 'cuda', TORCH_ALLOW_TF32_CUBLAS_OVERRIDE: '0' });
  expect(peerEnvironment('cuda')).toEqual({ PEER_DEVICE: 'cuda', TORCH_ALLOW_TF32_CUBLAS_OVERRIDE: '1' });
});
