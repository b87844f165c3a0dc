/**
 * The kernel specification by which JupyterLab starts this project's kernel. For `elephant lab` it is in this
 * project's folder under the cache, which JupyterLab gets by JUPYTER_PATH. `elephant lab --register` puts it
 * where all of the user's Jupyter installations look.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../errors';
import { projectRoot } from '../../project';
import { writeFileAtomic } from '../../writeAside';
import { kernelMainFile } from '../kernel/kernelProcess';
import { cacheFolder, IN_CACHE } from './environment';
import { jupyterDataFolder } from './jupyterFolders';

/** The name by which notebooks choose their kernel. */
const NAME = 'tslab';

function specification(): string {
  const spec = {
    argv: [process.execPath, kernelMainFile, '{connection_file}'],
    display_name: 'TypeScript',
    language: 'typescript',
    interrupt_mode: 'signal',
  };
  return `${JSON.stringify(spec, null, 1)}\n`;
}

/** Writes the specification; returns the folder for JUPYTER_PATH. */
export function writeKernelSpec(): string {
  const project = createHash('sha256').update(projectRoot).digest('hex').slice(0, 12);
  const folder = join(cacheFolder(), `kernel-${project}`);
  writeFileAtomic(join(folder, 'kernels', NAME, 'kernel.json'), specification(), IN_CACHE);
  return folder;
}

export interface Registration {
  /** Deleting it undoes the registration. */
  readonly folder: string;
  /** The project that was registered before. */
  readonly replaced?: string;
}

/**
 * Registers the kernel for all Jupyters of this user.
 * @throws InputError if another program's kernel has the name.
 */
export function registerKernel(): Registration {
  const folder = join(jupyterDataFolder(), 'kernels', NAME);
  const file = join(folder, 'kernel.json');
  const replaced = existsSync(file) ? registeredBy(file) : undefined;
  writeFileAtomic(file, specification(), { another: 'set another folder with JUPYTER_DATA_DIR' });
  return { folder, ...(replaced !== undefined && replaced !== kernelMainFile && { replaced }) };
}

/** The entry of the registered kernel, from this project or another copy of it. */
function registeredBy(file: string): string {
  const [, entry] = /"([^"]*kernelMain\.js)"/.exec(readFileSync(file, 'utf8')) ?? [];
  if (entry !== undefined) return JSON.parse(`"${entry}"`) as string;
  throw new InputError(
    'lab --register',
    `another program's kernel "${NAME}" is registered in ${file}`,
    `Remove it first: jupyter kernelspec remove ${NAME}`,
  );
}
