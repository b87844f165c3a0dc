/** Checks `--out` before computing what would be written there. */
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InputError } from '../errors';

/** @throws InputError for another file ending, or a folder that does not exist. */
export async function checkOutFile(out: string, ending: string): Promise<void> {
  if (!out.endsWith(ending))
    throw new InputError('--out', `expected a name that ends in ${ending}, got "${out}"`);
  const folder = await stat(dirname(out)).catch(() => undefined);
  if (folder?.isDirectory() !== true)
    throw new InputError('--out', `expected an existing folder, got "${dirname(out)}"`, 'Make it first');
}
