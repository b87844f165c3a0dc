/** The engine's README lists the kernels that there are. UPDATE=1 rewrites its table. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { withKernelTable } from '../../lib/src/engine/kernelTable';

it('has an up-to-date table of kernels', () => {
  const file = join(__dirname, '../../lib/src/engine/README.md');
  const readme = readFileSync(file, 'utf8');
  if (process.env.UPDATE === '1') writeFileSync(file, withKernelTable(readme));
  else expect(withKernelTable(readme)).toBe(readme);
});
