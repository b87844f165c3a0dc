/**
 * Where a kernel listens: a private folder with a connection file that only this user can read. It uses Unix
 * sockets in that folder, so that no other process can take a port in between. On Windows, or if the folder's
 * path is too long for a socket, it uses TCP on the loopback address.
 */
import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { temporaryFolder } from '../../asides';

const CHANNELS = ['shell', 'iopub', 'stdin', 'control', 'hb'] as const;

/** Longest path of a Unix socket on the systems we know, minus the digits of the channel. */
const LONGEST_SOCKET_PATH = 100;

export interface Connection {
  /** The connection file, as Jupyter writes it. */
  readonly file: string;
  readonly key: string;
  /** The address of a channel, for ZeroMQ. */
  address(channel: (typeof CHANNELS)[number]): string;
  /** Removes the folder. */
  remove(): void;
}

export async function createConnection(): Promise<Connection> {
  const folder = temporaryFolder('kernel');
  const key = randomBytes(16).toString('hex');
  const socket = join(folder, 's');
  const tcp = process.platform === 'win32' || socket.length > LONGEST_SOCKET_PATH;
  const ports = tcp ? await freePorts(CHANNELS.length) : CHANNELS.map((_, i) => i + 1);
  const ip = tcp ? '127.0.0.1' : socket;
  const named = Object.fromEntries(CHANNELS.map((channel, i) => [`${channel}_port`, ports[i]]));
  const file = join(folder, 'connection.json');
  const content = {
    transport: tcp ? 'tcp' : 'ipc',
    ip,
    key,
    signature_scheme: 'hmac-sha256',
    kernel_name: 'tslab',
    ...named,
  };
  writeFileSync(file, JSON.stringify(content), { mode: 0o600 });
  return {
    file,
    key,
    address: (channel) =>
      tcp ? `tcp://${ip}:${named[`${channel}_port`]}` : `ipc://${ip}:${named[`${channel}_port`]}`,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, listen));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function listen(): Promise<ReturnType<typeof createServer>> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}
