/** A real Redis for tests: the program that ELEPHANT_REDIS names (Debian's redis-server). */
import { type ChildProcess, spawn } from 'node:child_process';
import { freePort } from './s3Server';
import { freshFolder } from '../support/folders';

/** Why there is none; undefined if there is one. */
export function noRedis(): string | undefined {
  return process.env.ELEPHANT_REDIS === undefined ? 'needs ELEPHANT_REDIS, a redis-server' : undefined;
}

/** Made up, and looked for in what programs print. */
export const PASSWORD = 'very-secret-password';

export class RedisServer {
  private process: ChildProcess | undefined;
  private readonly folder = freshFolder();

  private constructor(private readonly port: number) {}

  static async start(): Promise<RedisServer> {
    const server = new RedisServer(await freePort());
    server.start();
    return server;
  }

  /** With the password. */
  get address(): string {
    return `redis://:${PASSWORD}@127.0.0.1:${this.port}`;
  }

  get place(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it again with what it had written; what it had not is lost. */
  start(): void {
    const { folder, port } = this;
    const words = `--port ${port} --dir ${folder} --appendonly yes --save --requirepass ${PASSWORD}`.split(
      ' ',
    );
    words.splice(words.indexOf('--save') + 1, 0, '');
    this.process = spawn(process.env.ELEPHANT_REDIS as string, words, { stdio: 'ignore' });
  }

  async kill(): Promise<void> {
    const ended = new Promise((resolve) => this.process?.once('exit', resolve));
    this.process?.kill('SIGKILL');
    await ended;
  }
}
