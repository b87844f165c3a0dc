/** Options that several benchmarks share. */
import { availableParallelism } from 'node:os';
import { Option } from 'commander';
import { wholeNumber } from '../lib/src/cli/options';

/** Threads of ours and of what stands beside it; all cores by default. */
export function threadsOption(of = 'both sides'): Option {
  return new Option('--threads <n>', `threads of ${of}`)
    .argParser(wholeNumber('--threads', 1))
    .default(availableParallelism());
}

/** The Python of the peer; `packages` is what it must have. */
export function pythonOption(packages = 'torch'): Option {
  return new Option(
    '--python <path>',
    `a Python with ${packages}, for the peer (default: ELEPHANT_PYTHON; without one only ours is measured)`,
  );
}

/** The Amazon files and the domain that is read from them. */
export function dataOptions(domain = 'the domain'): Option[] {
  return [
    new Option('--data <folder>', 'folder with the Amazon files').makeOptionMandatory(),
    new Option('--domain <name>', domain).default('Beauty'),
  ];
}
