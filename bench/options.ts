/** Options that several benchmarks share. */
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { Option } from 'commander';
import { wholeNumber } from '../lib/src/cli/options';
import { InputError } from '../lib/src/errors';
import { PROVIDERS, type ProviderName } from '../lib/src/engine/types';

/** Threads of ours and of what stands beside it; all cores by default. */
export function threadsOption(of = 'both sides'): Option {
  return new Option('--threads <n>', `threads of ${of}`)
    .argParser(wholeNumber('--threads', 1))
    .default(availableParallelism());
}

/** Where ours computes. Other providers than the CPU have results files of their own, named by device. */
export function benchProviderOption(): Option {
  return new Option('--provider <name>', 'where ours computes').choices(PROVIDERS).default('cpu');
}

/** The Python of the peer; `packages` is what it must have. */
export function pythonOption(packages = 'torch'): Option {
  return new Option(
    '--python <path>',
    `a Python with ${packages}, for the peer (default: ELEPHANT_PYTHON; without one only ours is measured)`,
  );
}

/**
 * The peer's Python, as given or from ELEPHANT_PYTHON. Beside WebGPU or CUDA the peer computes on the same
 * card, so there is none if its torch sees no card. @throws InputError if one is given that cannot be a peer.
 */
export function peerPython(provider: ProviderName, given?: string): string | undefined {
  const python = given ?? process.env.ELEPHANT_PYTHON;
  if (provider === 'cpu' || python === undefined) return python;
  if (provider !== 'tfjs' && seesCard(python)) return python;
  if (given === undefined) return undefined;
  throw new InputError(
    '--python',
    provider === 'tfjs'
      ? 'cannot stand beside --provider tfjs'
      : `expected a Python whose torch sees a CUDA card beside --provider ${provider}, got "${given}"`,
    'Without --python only ours is measured',
  );
}

function seesCard(python: string): boolean {
  const code = 'import sys, torch; sys.exit(not torch.cuda.is_available())';
  return spawnSync(python, ['-c', code], { stdio: 'ignore' }).status === 0;
}

/** Tells a peer where to compute: on the CPU, or on the card beside ours. */
export function peerEnvironment(provider: ProviderName): Record<string, string> {
  if (provider === 'cpu') return {};
  // As ours: ONNX Runtime multiplies in TF32 on CUDA, in float32 on WebGPU.
  return { PEER_DEVICE: 'cuda', TORCH_ALLOW_TF32_CUBLAS_OVERRIDE: provider === 'cuda' ? '1' : '0' };
}

/** The Amazon files and the domain that is read from them. */
export function dataOptions(domain = 'the domain'): Option[] {
  return [
    new Option('--data <folder>', 'folder with the Amazon files').makeOptionMandatory(),
    new Option('--domain <name>', domain).default('Beauty'),
  ];
}
