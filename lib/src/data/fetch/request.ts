/**
 * One GET request from a given byte on: follows redirects, tells what the server really sends, gives up on a
 * stall. Called by download.ts (files) and fetchModel.ts (lists of files).
 */

/** An answer that will be the same when asked again. */
export class PermanentError extends Error {
  constructor(
    message: string,
    readonly advice?: string,
  ) {
    super(message);
  }
}

/** An answer that may change: the server is busy or broken. */
export class TemporaryError extends Error {
  constructor(
    message: string,
    readonly retryAfterMs?: number,
  ) {
    super(message);
  }
}

/** The server has no byte at the place asked for: what is there already is not the beginning of its file. */
export class RangeRefusedError extends TemporaryError {}

export interface Body {
  /** First byte that comes: 0 where the server ignores or refuses the range. */
  from: number;
  /** Length of the whole file, where the server says. */
  total?: number;
  /** Strong ETag or Last-Modified, for If-Range. */
  validator?: string;
  chunks: AsyncIterable<Uint8Array>;
  close(): void;
}

export interface RequestOptions {
  from?: number;
  validator?: string;
  stallMs: number;
  signal?: AbortSignal;
}

const MOST_REDIRECTS = 10;

/** @throws PermanentError or TemporaryError by status; errors of the network as they come. */
export async function requestFrom(
  url: string,
  { from = 0, validator, stallMs, signal }: RequestOptions,
): Promise<Body> {
  const control = new AbortController();
  const stalled = (): void => control.abort(new TemporaryError(`no byte for ${stallMs / 1000} s`));
  let timer = setTimeout(stalled, stallMs);
  const stop = (): void => control.abort(signal?.reason);
  signal?.throwIfAborted();
  signal?.addEventListener('abort', stop);
  const close = (): void => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
    control.abort();
  };
  try {
    // identity: the file as it lies there, so that lengths and ranges mean its own bytes.
    const headers: Record<string, string> = { 'accept-encoding': 'identity' };
    if (from > 0) headers.range = `bytes=${from}-`;
    if (from > 0 && validator !== undefined) headers['if-range'] = validator;
    const response = await follow(url, headers, control.signal);
    requireGood(response);
    // Locked at once: fetch cancels a body that nobody reads when its response is garbage-collected, and it
    // then ends empty.
    const body = (response.body as unknown as AsyncIterable<Uint8Array> | null)?.[Symbol.asyncIterator]();
    const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '');
    if (response.status === 206 && !range)
      throw new TemporaryError('the server sent a part without saying which');
    const length = response.headers.get('content-length');
    const total = range
      ? range[2] === '*'
        ? undefined
        : Number(range[2])
      : length === null
        ? undefined
        : Number(length);
    const etag = response.headers.get('etag');
    const watched = (async function* (): AsyncGenerator<Uint8Array> {
      try {
        for (let step = await body?.next(); step && !step.done; step = await body?.next()) {
          clearTimeout(timer);
          timer = setTimeout(stalled, stallMs);
          yield step.value;
        }
      } finally {
        await body?.return?.();
      }
    })();
    return {
      from: range ? Number(range[1]) : 0,
      total,
      validator:
        (etag?.startsWith('W/') ? undefined : etag) ?? response.headers.get('last-modified') ?? undefined,
      chunks: watched,
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

/** The text of a small answer. */
export async function requestText(url: string, options: RequestOptions): Promise<string> {
  const body = await requestFrom(url, options);
  try {
    const chunks: Uint8Array[] = [];
    for await (const chunk of body.chunks) chunks.push(chunk);
    return Buffer.concat(chunks).toString('utf8');
  } finally {
    body.close();
  }
}

async function follow(url: string, headers: Record<string, string>, signal: AbortSignal): Promise<Response> {
  let at = url;
  for (let hops = 0; hops <= MOST_REDIRECTS; hops++) {
    const response = await fetch(at, { headers, signal, redirect: 'manual' });
    const location = response.headers.get('location');
    if (response.status < 300 || response.status >= 400 || response.status === 304 || location === null)
      return response;
    await response.body?.cancel();
    const next = new URL(location, at);
    if (at.startsWith('https:') && next.protocol !== 'https:')
      throw new PermanentError(
        `expected an encrypted address, got a redirect to ${next.protocol}//${next.host}`,
        'Try another mirror',
      );
    at = next.href;
  }
  throw new PermanentError(`expected at most ${MOST_REDIRECTS} redirects, got more`, 'Try another mirror');
}

function requireGood(response: Response): void {
  const { status, headers } = response;
  if (status === 200 || status === 206) {
    const encoding = headers.get('content-encoding');
    if (encoding !== null && encoding !== 'identity')
      throw new PermanentError(
        `expected the file as it is, got it encoded as ${encoding}`,
        'Try another mirror',
      );
    return;
  }
  const answer = `${status}${response.statusText ? ` ${response.statusText}` : ''}`;
  if (status === 416) throw new RangeRefusedError(`the server answered ${answer}`);
  if (status === 408 || status === 429 || status >= 500) {
    const after = Number(headers.get('retry-after'));
    throw new TemporaryError(
      `the server answered ${answer}`,
      after > 0 && after <= 600 ? after * 1000 : undefined,
    );
  }
  const advice =
    status === 404
      ? 'Check the name, or give another mirror'
      : status === 401 || status === 403
        ? 'The file is not public here; fetch it by hand into the folder'
        : undefined;
  throw new PermanentError(`expected the file, got the answer ${answer}`, advice);
}
