/** Reads JSON files of a model's folder. Errors say what is wrong with a file. */
import { readFile } from 'node:fs/promises';
import { InputError } from '../../errors';

export type JsonObject = Readonly<Record<string, unknown>>;

/** @throws InputError if the file cannot be read or is not a JSON object. */
export async function readJsonObject(path: string): Promise<JsonObject> {
  const value = await readJson(path);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw notJson(path, 'an object', 'no object');
}

/** @throws InputError if the file cannot be read or is not a JSON array. */
export async function readJsonArray(path: string): Promise<readonly unknown[]> {
  const value = await readJson(path);
  if (Array.isArray(value)) return value as readonly unknown[];
  throw notJson(path, 'an array', 'no array');
}

async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new InputError(path, 'expected a readable file, found none', 'Fetch the model again', { cause });
  });
  try {
    return JSON.parse(text.replace(/^\ufeff/, '')) as unknown;
  } catch (cause) {
    throw notJson(path, 'an object or array', (cause as Error).message, cause);
  }
}

function notJson(path: string, expected: string, problem: string, cause?: unknown): InputError {
  return new InputError(
    path,
    `expected ${expected} as JSON (${problem})`,
    'The file may be incomplete: fetch it again',
    { cause },
  );
}
