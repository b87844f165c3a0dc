/**
 * Parsing of option values that several commands share. Every error names the option, what was expected and
 * what it got.
 */
import { availableParallelism } from 'node:os';
import { Option } from 'commander';
import type { GenericSchema, InferOutput } from 'valibot';
import { PRECISIONS, PROVIDERS, type ProviderChoice } from '../engine/types';
import { InputError, unknownName } from '../errors';
import { parse } from '../schema';

/** `--provider` of the commands that train or encode one thing. */
export function providerOption(): Option {
  const choices = ['auto', ...PROVIDERS] as const satisfies readonly ProviderChoice[];
  return new Option('--provider <name>', `where to compute: ${choices.join(', ')}`)
    .default('cpu')
    .argParser(oneOf('--provider', 'provider', choices));
}

/** `--provider` of the commands that take a profile. Results are stored per provider. */
export function profileProviderOption(): Option {
  return new Option(
    '--provider <name>',
    `where to train and encode: ${PROVIDERS.join(', ')}; each has its own results`,
  )
    .default('cpu')
    .argParser(oneOf('--provider', 'provider', PROVIDERS));
}

/** `--precision` of the commands that train. */
export function precisionOption(): Option {
  return new Option(
    '--precision <name>',
    'of the matrix products of trainings: single (float32), or mixed (float16; weights and sums stay in ' +
      'float32) with --provider cpu or cuda',
  )
    .default('single')
    .argParser(oneOf('--precision', 'precision', PRECISIONS));
}

/** `--provider` of a worker, which takes stages of the CPU as well. */
export function workerProviderOption(): Option {
  return new Option('--provider <name>', 'also compute stages of runs with this --provider')
    .default('cpu')
    .argParser(oneOf('--provider', 'provider', PROVIDERS));
}

export function jsonOption(): Option {
  return new Option(
    '--json',
    'print one JSON object on standard output; progress goes to standard error',
  ).default(false);
}

/** `--workers`: one for each core, unless the command says otherwise. */
export function workersOption(meaning = 'number of processes that compute stages'): Option {
  return new Option('--workers <n>', meaning)
    .default(availableParallelism())
    .argParser(wholeNumber('--workers', 1, 1024));
}

/** `--set` of the commands that take a profile. */
export function profileSetOption(): Option {
  return new Option(
    '--set <key=value...>',
    'override a value of the profile, for example recommender.epochs=3; elephant run --options lists them',
  ).default([] as string[], 'none');
}

export function givenData(): Option {
  return new Option(
    '--data <folder>',
    'profiles real and paper: folder with the Amazon files (default: ELEPHANT_DATA)',
  );
}

export function givenModel(): Option {
  return new Option(
    '--model <folder>',
    'profiles real and paper: folder of the language model (default: ELEPHANT_MODEL)',
  );
}

/** `--memory` of the commands that take a profile, in GiB; the value is bytes. */
export function memoryOption(): Option {
  return new Option(
    '--memory <GiB>',
    'memory that a stage may take: of the device with --provider webgpu or cuda, of its process otherwise',
  ).argParser((text) => {
    const value = Number(text);
    if (!(value > 0) || text.trim() === '' || !Number.isFinite(value))
      throw new InputError('--memory', `expected a number of GiB above 0, got "${text}"`);
    return value * 2 ** 30;
  });
}

/** `--queue`: several machines (docs/cluster.md). */
export function queueOption(): Option {
  return new Option(
    '--queue <address>',
    'Redis server that hands stages to workers on other machines: redis://host:port (docs/cluster.md)',
  ).env('ELEPHANT_QUEUE');
}

/** `--store` of runs on several machines. */
export function sharedStoreOption(): Option {
  return new Option(
    '--store <place>',
    'where the machines of --queue share results: a folder that all mount, or s3://bucket/prefix',
  );
}

/** A parser for whole numbers from `min` to `max`. */
export function wholeNumber(
  option: string,
  min: number,
  max = Number.MAX_SAFE_INTEGER,
): (value: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^[+-]?\d+$/.test(text.trim()) || value < min || value > max) {
      const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
      throw new InputError(option, `expected a whole number ${range}, got "${text}"`);
    }
    return value;
  };
}

/** A parser for values that `kind` takes. */
export function valueOf<S extends GenericSchema>(option: string, kind: S): (text: string) => InferOutput<S> {
  return (text) => parse(kind, plainValue(text), option);
}

/** A parser for a comma-separated list in which each value occurs once; `parse` takes one value. */
export function listOf<T>(
  option: string,
  example: string,
  parse: (value: string) => T,
): (value: string) => T[] {
  return (text) => {
    if (text.trim() === '') throw new InputError(option, `expected a list such as ${example}, got "${text}"`);
    const values = text.split(',').map(parse);
    if (new Set(values).size < values.length)
      throw new InputError(option, `expected each value once, got "${text}"`);
    return values;
  };
}

/** A parser for one of several names. */
export function oneOf<T extends string>(
  option: string,
  kind: string,
  known: readonly T[],
): (value: string) => T {
  return (value) => {
    if (!(known as readonly string[]).includes(value)) throw unknownName(option, kind, value, known);
    return value as T;
  };
}

/** Adds one "key=value" of --set to the previous ones. Names and values are checked with the options. */
export function keyValue(text: string, before: object): object {
  const equals = text.indexOf('=');
  if (equals < 1)
    throw new InputError('--set', `expected key=value, got "${text}"`, 'For example --set padding=masked');
  return { ...before, [text.slice(0, equals)]: plainValue(text.slice(equals + 1)) };
}

/** Values as --set takes them: `dim=64, selection=full`. */
export function keyValues(values: object): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');
}

/** A number, other JSON, or a plain word. */
function plainValue(text: string): unknown {
  if (text.trim() !== '' && !Number.isNaN(Number(text))) return Number(text);
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
