/** The check of `--out`, before anything is computed that would be written there. */
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InputError } from '../errors';

/** @throws InputError for a name of another ending, and for a folder that is not there. */
export async function checkOutFile(out: string, ending: string): Promise<void> {
  if (!out.endsWith(ending))
    throw new InputError('--out', `expected a name that ends in ${ending}, got "${out}"`);
  const folder = await stat(dirname(out)).catch(() => undefined);
  if (folder?.isDirectory() !== true)
    throw new InputError('--out', `expected a folder that is there, got "${dirname(out)}"`, 'Make it first');
}
