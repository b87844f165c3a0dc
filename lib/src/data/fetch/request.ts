/**
 * One GET request from a given byte on: follows redirects, reports what the server really sends, gives up on
 * a server that stalls or trickles. Goes through the proxy that HTTPS_PROXY, HTTP_PROXY and NO_PROXY name.
 *
 * Not fetch: Node's own knows these variables only from 22.21 on, and on Node 20 and 22 it ends the process
 * if a server ends a connection while its answer waits to be read (nodejs/undici#5360).
 */
import http, { type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { HttpProxyAgent } from 'http-proxy-agent';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { getProxyForUrl } from 'proxy-from-env';
import { excerpt } from '../../errors';

/** An answer that will be the same when asked again. */
export class PermanentError extends Error {
  constructor(
    message: string,
    readonly advice?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** An answer that may change: the server is busy or broken. */
class TemporaryError extends Error {
  constructor(
    message: string,
    readonly retryAfterMs?: number,
  ) {
    super(message);
  }
}

/** The server has no byte at the requested place: the part on disk is not the beginning of its file. */
export class RangeRefusedError extends TemporaryError {}

export interface Body {
  /** The first byte received: 0 if the server ignores or refuses the range. */
  from: number;
  /** Length of the whole file, if the server says. */
  total?: number;
  /** Strong ETag or Last-Modified, for If-Range. */
  validator?: string;
  chunks: AsyncIterable<Uint8Array>;
  close(): void;
}

export interface RequestOptions {
  from?: number;
  validator?: string;
  /** Without a byte for so long, or with fewer than SLOWEST a second over so long, a server is given up. */
  stallMs: number;
  signal?: AbortSignal;
}

const MOST_REDIRECTS = 10;
/** Bytes per second. */
const SLOWEST = 256;
/** Of an answer that is read into memory. */
const MOST_TEXT_BYTES = 16 * 2 ** 20;

/** The fewest bytes that a server which is not given up brings in `stallMs`. */
export function fewestBytes(stallMs: number): number {
  return Math.ceil((SLOWEST * stallMs) / 1000);
}

/** @throws PermanentError or TemporaryError by status; errors of the network as they come. */
export async function requestFrom(
  url: string,
  { from = 0, validator, stallMs, signal }: RequestOptions,
): Promise<Body> {
  signal?.throwIfAborted();
  const watch = watchOver(stallMs, signal);
  try {
    // identity: the file as it lies there, so that lengths and ranges mean its own bytes.
    const headers: Record<string, string> = { 'accept-encoding': 'identity', 'user-agent': 'elephant' };
    if (from > 0) headers.range = `bytes=${from}-`;
    if (from > 0 && validator !== undefined) headers['if-range'] = validator;
    const response = await follow(url, headers, watch.signal);
    requireGood(response);
    return { ...placeOf(response), chunks: watch.chunks(response), close: watch.end };
  } catch (error) {
    const reason = watch.signal.aborted ? watch.signal.reason : error;
    watch.end();
    throw reason;
  }
}

/** The text of a small answer. @throws PermanentError if it does not end. */
export async function requestText(url: string, options: RequestOptions): Promise<string> {
  const body = await requestFrom(url, options);
  try {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of body.chunks) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > MOST_TEXT_BYTES)
        throw new PermanentError(`expected at most ${MOST_TEXT_BYTES} bytes, got more`, 'Try another mirror');
    }
    return Buffer.concat(chunks).toString('utf8');
  } finally {
    body.close();
  }
}

/** A signal that is aborted if the caller's is, or if no bytes or too few arrive for too long. */
function watchOver(
  stallMs: number,
  signal?: AbortSignal,
): { signal: AbortSignal; chunks(response: IncomingMessage): AsyncGenerator<Uint8Array>; end(): void } {
  const control = new AbortController();
  const stalled = (): void => control.abort(new TemporaryError(`no byte for ${stallMs / 1000} s`));
  let stall = setTimeout(stalled, stallMs);
  // From the first byte on: how many came since it was last looked.
  let recent = 0;
  let trickle: NodeJS.Timeout | undefined;
  const look = (): void => {
    const fewest = fewestBytes(stallMs);
    if (recent < fewest)
      control.abort(new TemporaryError(`fewer than ${fewest} bytes in ${stallMs / 1000} s`));
    recent = 0;
  };
  const stop = (): void => control.abort(signal?.reason);
  signal?.addEventListener('abort', stop);
  return {
    signal: control.signal,
    async *chunks(response) {
      try {
        for await (const chunk of response as AsyncIterable<Buffer>) {
          clearTimeout(stall);
          stall = setTimeout(stalled, stallMs);
          trickle ??= setInterval(look, stallMs);
          recent += chunk.length;
          yield chunk;
        }
      } catch (error) {
        throw control.signal.aborted ? control.signal.reason : error;
      }
    },
    end() {
      clearTimeout(stall);
      clearInterval(trickle);
      signal?.removeEventListener('abort', stop);
      control.abort();
    },
  };
}

async function follow(
  url: string,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  let at = addressOf(url);
  for (let hops = 0; hops <= MOST_REDIRECTS; hops++) {
    const response = await get(at, headers, signal);
    const { location } = response.headers;
    const status = response.statusCode ?? 0;
    if (status < 300 || status >= 400 || status === 304 || location === undefined) return response;
    response.destroy();
    at = redirected(at, location);
  }
  throw new PermanentError(`expected at most ${MOST_REDIRECTS} redirects, got more`, 'Try another mirror');
}

function get(at: URL, headers: Record<string, string>, signal: AbortSignal): Promise<IncomingMessage> {
  const secure = at.protocol === 'https:';
  const proxy = getProxyForUrl(at.href);
  const agent = proxy === '' ? false : secure ? new HttpsProxyAgent(proxy) : new HttpProxyAgent(proxy);
  return new Promise((resolve, reject) => {
    (secure ? https : http).get(at, { headers, agent, signal }, resolve).on('error', reject);
  });
}

function addressOf(text: string, from?: URL): URL {
  let address: URL;
  try {
    address = new URL(text, from);
  } catch (cause) {
    throw new PermanentError(`expected an address, got ${excerpt(text)}`, undefined, { cause });
  }
  if (address.protocol === 'http:' || address.protocol === 'https:') return address;
  throw new PermanentError(
    `expected an address on the web, got ${excerpt(`${address.protocol}//${address.host}`)}`,
    'Try another mirror',
  );
}

function redirected(from: URL, location: string): URL {
  const next = addressOf(location, from);
  if (from.protocol === 'https:' && next.protocol !== 'https:')
    throw new PermanentError(
      `expected an encrypted address, got a redirect to ${excerpt(`${next.protocol}//${next.host}`)}`,
      'Try another mirror',
    );
  return next;
}

function requireGood({ statusCode: status = 0, statusMessage, headers }: IncomingMessage): void {
  if (status === 200 || status === 206) {
    const encoding = headers['content-encoding'];
    if (encoding !== undefined && encoding !== 'identity')
      throw new PermanentError(
        `expected an unencoded file, got it encoded as ${excerpt(encoding)}`,
        'Try another mirror',
      );
    return;
  }
  const answer = `${status}${statusMessage ? ` ${excerpt(statusMessage)}` : ''}`;
  if (status === 416) throw new RangeRefusedError(`the server answered ${answer}`);
  if (status === 408 || status === 429 || status >= 500) {
    const after = Number(headers['retry-after']);
    throw new TemporaryError(
      `the server answered ${answer}`,
      after > 0 && after <= 600 ? after * 1000 : undefined,
    );
  }
  const advice =
    status === 404
      ? 'Check the name, or give another mirror'
      : status === 401 || status === 403
        ? 'The file is not public; download it by hand into the folder'
        : undefined;
  throw new PermanentError(`expected the file, got the answer ${answer}`, advice);
}

/** Which bytes of what come. */
function placeOf({ statusCode, headers }: IncomingMessage): Pick<Body, 'from' | 'total' | 'validator'> {
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers['content-range'] ?? '');
  if (statusCode === 206 && !range)
    throw new TemporaryError('the server sent a part of the file without saying which');
  const length = range ? range[2] : headers['content-length'];
  return {
    from: range ? Number(range[1]) : 0,
    total: length === undefined || length === '*' ? undefined : Number(length),
    validator: validatorOf(headers),
  };
}

function validatorOf({ etag, 'last-modified': modified }: IncomingHttpHeaders): string | undefined {
  return (etag?.startsWith('W/') ? undefined : etag) ?? modified;
}
