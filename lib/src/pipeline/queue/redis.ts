/**
 * The connection to Redis: opened with a check of address, password and version, and kept through outages.
 * The address may contain a password, so only `place` is ever shown.
 */
import { Redis } from 'ioredis';
import { InputError } from '../../errors';
import { tell } from '../../tell';

/** BullMQ's recommendation. */
const VERSION = [6, 2];
const RETRY_MS = 500;
/** Machines tell each other at which time a job may be taken again. */
const MOST_SKEW_MS = 60_000;
/** Redis may still be starting; but a wrong address must not make us wait for ever. */
const START_SECONDS = 60;
const REFUSED = /^(WRONGPASS|NOAUTH|NOPERM|ERR invalid password|ERR AUTH|ERR Client sent AUTH)/;

export interface RedisLink {
  readonly client: Redis;
  /** redis://host:port, without user and password. */
  readonly place: string;
  /** Rejects if Redis no longer accepts the password; never resolves. */
  readonly refused: Promise<never>;
  close(): void;
}

/** @throws InputError if the address, the password or the version is wrong, or nothing answers. */
export async function openRedis(
  url: string,
  signal: AbortSignal,
  startSeconds = START_SECONDS,
): Promise<RedisLink> {
  const place = placeOf(url);
  const client = new Redis(url, {
    maxRetriesPerRequest: null,
    retryStrategy: () => RETRY_MS,
    connectTimeout: 10_000,
  });
  const stopped = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });
  const refused = watch(client, place);
  for (const promise of [stopped, refused]) promise.catch(() => undefined);
  try {
    signal.throwIfAborted();
    await Promise.race([ready(client, place, startSeconds), stopped, refused]);
    const problem = versionProblem(await client.info('server')) ?? clockProblem(await client.time());
    if (problem !== undefined) throw new InputError(place, ...problem);
  } catch (error) {
    client.disconnect();
    throw error;
  }
  return { client, place, refused, close: () => client.disconnect() };
}

/** @throws InputError; it does not repeat the address, which may contain a password. */
function placeOf(url: string): string {
  const parsed = parsedUrl(url);
  const path = parsed?.pathname ?? '';
  if (parsed === undefined || !/^rediss?:$/.test(parsed.protocol) || !/^(\/\d*)?$/.test(path))
    throw new InputError(
      '--queue',
      'expected redis://host:port or rediss://user:password@host:port/database, got another form of address',
      'Write special characters of a password as in a URL: %40 for @',
    );
  return `${parsed.protocol}//${parsed.hostname || '127.0.0.1'}:${parsed.port || 6379}`;
}

function parsedUrl(url: string): URL | undefined {
  try {
    return new URL(url);
  } catch {
    return undefined;
  }
}

/** Tells when Redis goes and comes back. */
function watch(client: Redis, place: string): Promise<never> {
  let away = false;
  client.on('ready', () => {
    if (away) tell(`${place} answers again`);
    away = false;
  });
  client.on('close', () => {
    if (!away && client.status !== 'end') tell(`waiting for Redis: ${place} does not answer`);
    away = true;
  });
  return new Promise((_, reject) => {
    client.on('error', (error) => {
      // The error itself contains the command, and so the password.
      if (REFUSED.test(error.message))
        reject(
          new InputError(
            place,
            `Redis refused the user or password (${error.message.split(' ', 1)[0]})`,
            'Give them in the address: redis://user:password@host:port',
          ),
        );
    });
  });
}

function ready(client: Redis, place: string, seconds: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let last = 'no answer';
    client.on('error', (error: NodeJS.ErrnoException) => (last = error.code ?? 'no answer'));
    const timer = setTimeout(
      () =>
        reject(
          new InputError(
            place,
            `expected Redis, got ${last} for ${seconds} s`,
            'Check the address, and that Redis is running and reachable from this machine',
          ),
        ),
      1000 * seconds,
    );
    client.once('ready', resolve);
    client.once('ready', () => clearTimeout(timer));
    client.once('end', () => clearTimeout(timer));
  });
}

/** What is wrong with a server according to INFO, and what to do; undefined if it is suitable. */
export function versionProblem(info: string): [problem: string, advice: string] | undefined {
  const version = /^redis_version:(\S+)/m.exec(info)?.[1];
  const [major, minor] = (version ?? '').split('.').map(Number);
  if (major > VERSION[0] || (major === VERSION[0] && minor >= VERSION[1])) return undefined;
  return [`expected Redis ${VERSION.join('.')} or newer, got ${version ?? 'none'}`, 'Update it'];
}

/** The same according to TIME, in seconds and microseconds. */
function clockProblem([seconds]: readonly (number | string)[]):
  [problem: string, advice: string] | undefined {
  const skew = Math.abs(Date.now() - 1000 * Number(seconds));
  if (skew < MOST_SKEW_MS) return undefined;
  return [
    `expected the clock of this machine within a minute of Redis's, got ${Math.round(skew / 1000)} s apart`,
    'Set the clocks, for example with NTP',
  ];
}
