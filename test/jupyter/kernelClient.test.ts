/** The start of a kernel. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { KernelClient } from '../../lib/src/jupyter/kernel/kernelClient';

test('a kernel answers a client that asks while it still binds its sockets', async () => {
  const preload = `--require ${JSON.stringify(join(__dirname, 'slowBinding.cjs'))}`;
  const env = { ...process.env, NODE_OPTIONS: [process.env.NODE_OPTIONS, preload].filter(Boolean).join(' ') };
  const kernel = await KernelClient.start({ cwd: __dirname, env, startSeconds: 20 });
  try {
    expect(await kernel.execute('1 + 1', () => undefined)).toMatchObject({ status: 'ok' });
  } finally {
    kernel.close();
  }
});
