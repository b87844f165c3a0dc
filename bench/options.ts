/** Options that several benchmarks share. */
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
 * The peer's Python, as given or from ELEPHANT_PYTHON; none beside another provider than the CPU, where it
 * computes. @throws InputError if one is given beside it.
 */
export function peerPython(provider: ProviderName, given?: string): string | undefined {
  if (provider === 'cpu') return given ?? process.env.ELEPHANT_PYTHON;
  if (given !== undefined)
    throw new InputError(
      '--python',
      `cannot stand beside --provider ${provider}`,
      'The peer computes on the CPU',
    );
  return undefined;
}

/** The Amazon files and the domain that is read from them. */
export function dataOptions(domain = 'the domain'): Option[] {
  return [
    new Option('--data <folder>', 'folder with the Amazon files').makeOptionMandatory(),
    new Option('--domain <name>', domain).default('Beauty'),
  ];
}
