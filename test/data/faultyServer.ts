/** A local HTTP server that serves one file and misbehaves as told, for the tests of fetch. */
import { statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll } from 'vitest';

export type Fault =
  /** As it should be, with ranges. */
  | 'none'
  /** Closes the connection after a third of what is left, once the client has it. */
  | 'drop'
  /** Answers 200 with the whole file whatever the range. */
  | 'ignoreRange'
  /** The same, and drops the connection at two thirds. */
  | 'ignoreRangeAndDrop'
  /** Announces more bytes than it has. */
  | 'longer'
  /** Announces fewer bytes than it has. */
  | 'shorter'
  /** Continues at another byte than asked for. */
  | 'wrongRange'
  /** Sends a little, then nothing. */
  | 'stall'
  | 'redirect'
  | 'redirectLoop'
  | 'busy'
  | 'missing'
  | 'forbidden'
  /** A web page instead of the file. */
  | 'page'
  /** One byte is another. */
  | 'flip'
  /** No length, chunked. */
  | 'noLength'
  /** Another file of the same length with another ETag. */
  | 'changed'
  /** Sends slowly, so that a client can be killed on the way. */
  | 'slow';

export interface FaultyServer {
  url: string;
  /** Faults of the next requests, in order; 'none' once they are used up. */
  next: Fault[];
  /** What was asked: path and range. */
  requests: { path: string; range?: string }[];
  /**
   * Where the client writes what comes: before a connection is dropped, what was sent is waited for there. A
   * client throws away what it has not yet read of a broken connection, so how much of it counts would
   * otherwise depend on how busy the machine is.
   */
  part?: string;
  /** Paths other than the file's, with their JSON. */
  json: Record<string, unknown>;
}

export async function faultyServer(file: Buffer): Promise<FaultyServer> {
  const state: FaultyServer = { url: '', next: [], requests: [], json: {} };
  const server = createServer((request, response) => answer(state, file, request, response));
  // A connection that is taken up again while one side ends its last answer would be one more failure, of
  // nobody's making.
  server.maxRequestsPerSocket = 1;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return state;
}

function answer(state: FaultyServer, file: Buffer, request: IncomingMessage, response: ServerResponse): void {
  const path = request.url ?? '';
  const { range } = request.headers;
  state.requests.push(range === undefined ? { path } : { path, range });
  if (path in state.json) {
    response.end(JSON.stringify(state.json[path]));
    return;
  }
  const fault = state.next.shift() ?? 'none';
  const etag = fault === 'changed' ? '"two"' : '"one"';
  const content = fault === 'changed' ? Buffer.from(file).reverse() : fault === 'flip' ? flipped(file) : file;
  switch (fault) {
    case 'redirect':
    case 'redirectLoop':
      if (fault === 'redirectLoop') state.next.unshift('redirectLoop');
      return void response.writeHead(302, { location: `/elsewhere${path}` }).end();
    case 'busy':
      return void response.writeHead(503).end('later');
    case 'missing':
      return void response.writeHead(404).end('no');
    case 'forbidden':
      return void response.writeHead(403).end('no');
    case 'page':
      return void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Please log in</html>');
    case 'noLength':
      response.writeHead(200, { etag });
      response.write(file.subarray(0, 100));
      return void response.end(file.subarray(100));
  }
  const validRange = request.headers['if-range'] === undefined || request.headers['if-range'] === etag;
  const asked =
    validRange && !fault.startsWith('ignoreRange') ? Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0) : 0;
  if (asked >= content.length)
    return void response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
  const from = fault === 'wrongRange' ? Math.max(0, asked - 7) : asked;
  const rest = content.subarray(from);
  const announced = rest.length + (fault === 'longer' ? 50 : fault === 'shorter' ? -50 : 0);
  const total = from + announced;
  response.writeHead(from > 0 ? 206 : 200, {
    etag,
    'content-length': announced,
    ...(from > 0 ? { 'content-range': `bytes ${from}-${total - 1}/${total}` } : {}),
  });
  if (fault === 'slow') return slowly(rest, response);
  const part =
    fault === 'drop' ? 1 / 3 : fault === 'ignoreRangeAndDrop' ? 2 / 3 : fault === 'stall' ? 0.1 : 1;
  const send = rest.subarray(0, Math.ceil(Math.min(announced, rest.length) * part));
  response.write(send, () => {
    if (fault === 'stall') return;
    if (part < 1 || fault === 'longer')
      void written(state.part, from + send.length).then(() => response.destroy());
    else response.end();
  });
}

/** Resolves when the file has so many bytes; after 20 s in any case, for a client that writes elsewhere. */
async function written(path: string | undefined, bytes: number): Promise<void> {
  const end = Date.now() + 20_000;
  while (
    path !== undefined &&
    (statSync(path, { throwIfNoEntry: false })?.size ?? 0) < bytes &&
    Date.now() < end
  ) {
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

function slowly(rest: Buffer, response: ServerResponse): void {
  let at = 0;
  const timer = setInterval(() => {
    if (response.destroyed || at >= rest.length) {
      clearInterval(timer);
      response.end();
      return;
    }
    response.write(rest.subarray(at, (at += 1 << 14)));
  }, 5);
}

function flipped(file: Buffer): Buffer {
  const other = Buffer.from(file);
  other[other.length >> 1] ^= 1;
  return other;
}
