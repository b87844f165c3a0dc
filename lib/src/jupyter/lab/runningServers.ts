/** This user's Jupyter servers on this machine, from their files in the runtime folder. */
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { jupyterRuntimeFolder } from './jupyterFolders';

export interface RunningServer {
  readonly pid: number;
  /** With the token, so that a browser can open it. */
  readonly url: string;
}

/** Servers of this folder. */
export function runningServers(folder: string): RunningServer[] {
  const runtime = jupyterRuntimeFolder();
  if (!existsSync(runtime) || !existsSync(folder)) return [];
  const files = readdirSync(runtime).filter((file) => /^jpserver-\d+\.json$/.test(file));
  return files.flatMap((file) => {
    const server = read(join(runtime, file));
    if (server === undefined || !isRunning(server.pid) || !isSame(server.root_dir, folder)) return [];
    const { pid, url, token } = server;
    return [{ pid, url: token ? `${url}?token=${token}` : url }];
  });
}

interface ServerFile {
  readonly pid: number;
  readonly url: string;
  readonly root_dir: string;
  readonly token?: string;
}

/** Undefined for a file that a server is writing or removing. */
function read(file: string): ServerFile | undefined {
  try {
    const server = JSON.parse(readFileSync(file, 'utf8')) as Partial<ServerFile> | null;
    const whole =
      typeof server?.pid === 'number' &&
      typeof server.url === 'string' &&
      typeof server.root_dir === 'string';
    return whole ? (server as ServerFile) : undefined;
  } catch {
    return undefined;
  }
}

function isSame(one: string, other: string): boolean {
  return existsSync(one) && realpathSync(one) === realpathSync(other);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
