/**
 * The kernel specification through which JupyterLab starts this project's kernel. It lies in a folder of this
 * project's own under the cache, named to JupyterLab by JUPYTER_PATH, so no other Jupyter on the machine sees
 * it.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { projectRoot } from '../../project';
import { kernelMainFile } from '../kernel/kernelProcess';
import { writeFileAtomic } from '../../writeAside';
import { cacheFolder, IN_CACHE } from './environment';

/** Writes the specification; returns the folder for JUPYTER_PATH. */
export function writeKernelSpec(): string {
  const project = createHash('sha256').update(projectRoot).digest('hex').slice(0, 12);
  const folder = join(cacheFolder(), `kernel-${project}`);
  const spec = {
    argv: [process.execPath, kernelMainFile, '{connection_file}'],
    display_name: 'TypeScript',
    language: 'typescript',
    interrupt_mode: 'signal',
  };
  writeFileAtomic(
    join(folder, 'kernels', 'tslab', 'kernel.json'),
    `${JSON.stringify(spec, null, 1)}\n`,
    IN_CACHE,
  );
  return folder;
}
