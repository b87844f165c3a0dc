/** A real S3 server for tests: moto's, of a Python that has it (ELEPHANT_PYTHON). */
import { spawn, spawnSync } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';

/** Why there is none; undefined if there is one. */
export function noS3(): string | undefined {
  const python = process.env.ELEPHANT_PYTHON;
  if (python === undefined) return 'needs ELEPHANT_PYTHON with moto[server]';
  const { status } = spawnSync(python, ['-c', 'import moto.server']);
  return status === 0 ? undefined : 'the Python of ELEPHANT_PYTHON has no moto[server]';
}

export interface S3Server {
  /** What the processes that use it need. */
  readonly environment: Record<string, string>;
  makeBucket(name: string): Promise<void>;
  /** Sends raw bytes over whatever is there. */
  overwrite(path: string, bytes: string): Promise<void>;
  read(path: string): Promise<string>;
  stop(): void;
}

/** Made up, and looked for in what programs print. */
export const SECRET = 'very-secret-key';

export async function startS3(): Promise<S3Server> {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const child = spawn(process.env.ELEPHANT_PYTHON as string, ['-m', 'moto.server', '-p', String(port)], {
    stdio: 'ignore',
  });
  const url = (path: string): string => `${endpoint}/${path}`;
  // moto takes any signature, and tells accounts apart by it.
  const headers = { authorization: 'AWS4-HMAC-SHA256 Credential=someone/20260101/us-east-1/s3/aws4_request' };
  const put = async (path: string, body = ''): Promise<void> => {
    const { ok, status } = await fetch(url(path), { method: 'PUT', headers, body });
    if (!ok) throw new Error(`moto: ${status}`);
  };
  for (let trial = 0; trial < 300; trial++) {
    if (child.exitCode !== null) throw new Error(`moto ended with ${child.exitCode}`);
    if (
      await fetch(endpoint).then(
        () => true,
        () => false,
      )
    )
      break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    environment: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'someone',
      AWS_SECRET_ACCESS_KEY: SECRET,
    },
    makeBucket: (name) => put(name),
    overwrite: put,
    read: async (path) => (await fetch(url(path), { headers })).text(),
    stop: () => void child.kill('SIGKILL'),
  };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
