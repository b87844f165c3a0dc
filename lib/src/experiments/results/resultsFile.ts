/**
 * data/results/<profile>.json: the answers of a finished profile, without weights, so that report and
 * notebooks can be read and checked without training anything. One line per query, in alphabetical order;
 * within an answer, keys keep their order, since they are shown in it. No times, no paths: equal results give
 * equal bytes.
 */
import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { InputError } from '../../errors';
import { unreadable } from '../../readableFile';
import type { Profile } from '../profiles';

/** Changes when the form below does. */
const FORMAT = 2;
/** A larger file is not ours. */
const MAX_BYTES = 8 * 2 ** 20;

export interface Results {
  readonly profile: Profile;
  /** The text of a query (views/view.ts) to its answer. */
  readonly answers: Readonly<Record<string, unknown>>;
}

export function formatResults({ profile, answers }: Results): string {
  const lines = Object.keys(answers)
    .sort()
    .map((call) => `  ${JSON.stringify(call)}: ${encoded(answers[call], call)}`);
  return (
    `{\n "format": ${FORMAT},\n "profile": ${encoded(profile, 'profile')},\n "answers": ` +
    `{\n${lines.join(',\n')}\n }\n}\n`
  );
}

export function readResults(file: string): Results {
  let text: string;
  try {
    const { size } = statSync(file);
    if (size > MAX_BYTES)
      throw new InputError(file, `expected a results file of at most ${MAX_BYTES} bytes, got ${size}`);
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw unreadable(
      file,
      cause,
      'a results file',
      `elephant run --profile ${basename(file, '.json')} writes it, if that is a profile`,
    );
  }
  let json: { format?: unknown; profile?: Profile; answers?: Record<string, unknown> };
  try {
    json = JSON.parse(text, revive) as typeof json;
  } catch (cause) {
    throw new InputError(
      file,
      `not valid JSON (${(cause as Error).message})`,
      'Restore it from git or write it again with elephant run',
      { cause },
    );
  }
  if (json?.format !== FORMAT || typeof json.profile !== 'object' || typeof json.answers !== 'object') {
    throw new InputError(
      file,
      `expected results of format ${FORMAT}, got ${JSON.stringify(json?.format ?? null)}`,
      'Write them again with elephant run',
    );
  }
  return { profile: json.profile, answers: json.answers };
}

/** JSON; arrays of 32-bit numbers as { float32 }, with the nine digits that tell any two of them apart. */
function encoded(value: unknown, where: string): string {
  return JSON.stringify(value, (key, entry: unknown) => {
    if (typeof entry === 'number' && !Number.isFinite(entry))
      throw new TypeError(`results, ${where}, ${key}: expected a finite number, got ${entry}`);
    if (entry instanceof Float32Array)
      return { float32: Array.from(entry, (number) => Number(number.toPrecision(9))) };
    return entry;
  });
}

function revive(_: string, value: unknown): unknown {
  const numbers = (value as { float32?: number[] } | null)?.float32;
  return Array.isArray(numbers) ? Float32Array.from(numbers) : value;
}
