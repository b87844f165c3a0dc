/** Mirrors that never end, trickle, send elsewhere or send something else; cut files; proxies. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, request, type RequestListener, type ServerResponse } from 'node:http';
import { connect, createServer as createTcpServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fetchDomain, fetchModel, readAmazon } from '../../lib/src/data/sources';
import { download } from '../../lib/src/data/fetch/download';
import { reviewLines } from './support';
import { freshFolder } from '../support/folders';
import { inputFailure } from '../support/inputFailure';
import { COMMAND } from '../support/elephant';

const quick = { backOffMs: 1, stallMs: 20_000 };
const endings: (() => void)[] = [];
let folder: string;

beforeEach(() => void (folder = freshFolder()));
afterEach(() => {
  vi.unstubAllEnvs();
  for (const end of endings.splice(0)) end();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endings.push(() => (server.closeAllConnections(), server.close()));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Sends for as long as anybody takes it. */
function endlessly(response: ServerResponse): void {
  const piece = Buffer.alloc(1 << 16, ' ');
  const more = (): void => void (!response.destroyed && response.write(piece, () => setImmediate(more)));
  more();
}

describe('without end', () => {
  it('a list of files is not read for ever', async () => {
    const mirror = await serve((_, response) => endlessly(response));
    expect(await inputFailure(fetchModel('me/tiny', folder, { mirror, ...quick }))).toMatch(
      /expected its list of files.*expected at most 16777216 bytes, got more/,
    );
  });

  it.each([
    ['nobody says its length', { mostBytes: 1e6 }, /expected at most 1000000 bytes, got more/],
    ['its length is known', { expected: { bytes: 5e5 } }, /expected at most 500000 bytes, got more/],
  ])('a file is given up, and nothing of it stays, where %s', async (_, options, message) => {
    const url = await serve((_, response) => endlessly(response));
    expect(await inputFailure(download(url, join(folder, 'file'), { ...quick, ...options }))).toMatch(
      message,
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  it('a byte now and then is given up, and so is a connection per byte', async () => {
    let asked = 0;
    const url = await serve((_, response) => {
      asked++;
      response.writeHead(200, { 'content-length': 1e6 });
      const timer = setInterval(() => response.write('x'), 50);
      response.on('close', () => clearInterval(timer));
    });
    const few = { backOffMs: 1, stallMs: 300, attempts: 2 };
    expect(await inputFailure(download(url, join(folder, 'file'), few))).toMatch(
      /got 2 failures in a row \(fewer than 77 bytes in 0.3 s\)/,
    );
    expect(asked).toBe(2);
    const short = await serve((_, response) => {
      asked++;
      response.writeHead(200, { 'content-length': 1e6, etag: '"a"' });
      response.write('x', () => response.destroy());
    });
    expect(await inputFailure(download(short, join(folder, 'other'), few))).toMatch(
      /got 2 failures in a row/,
    );
    expect(asked).toBe(4);
  });
});

describe('something else', () => {
  it.each([
    ['file:///etc/passwd', /expected an address on the web, got "file:\/\/"\. Try another mirror/],
    ['gopher://somewhere/x', /expected an address on the web, got "gopher:\/\/somewhere"/],
    ['http://', /expected an address, got "http:\/\/"/],
  ])('a redirect to %s is refused at once', async (location, message) => {
    let asked = 0;
    const url = await serve((_, response) => (asked++, response.writeHead(302, { location }).end()));
    expect(await inputFailure(download(url, join(folder, 'file'), quick))).toMatch(message);
    expect(asked).toBe(1);
  });

  it('what a server says in an error is quoted, cut and never steers the terminal', async () => {
    const raw = async (head: string): Promise<string> => {
      const server = createTcpServer((socket) => {
        socket.on('error', () => undefined);
        socket.once('data', () =>
          socket.end(Buffer.from(`HTTP/1.1 ${head}\r\ncontent-length: 0\r\n\r\n`, 'latin1')),
        );
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      endings.push(() => void server.close());
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      return inputFailure(download(url, join(folder, 'file'), { ...quick, attempts: 1 }));
    };
    const long = 'x'.repeat(8000);
    for (const head of [
      `404 \x9b2J${long}`,
      `503 \x9b2J${long}`,
      `200 OK\r\ncontent-encoding: \x9b2J${long}`,
      `302 Found\r\nlocation: gopher://${long}.example/`,
    ]) {
      const message = await raw(head);
      expect(message).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
      expect(message).toMatch(/"[^"]*x\.\.\."/);
      expect(message.length).toBeLessThan(300);
    }
    const siblings = Array.from({ length: 1000 }, (_, k) => ({ rfilename: `\u001b[2J${k}${long}.bin` }));
    const mirror = await serve((_, response) => void response.end(JSON.stringify({ sha: 'c', siblings })));
    const message = await inputFailure(fetchModel('me/tiny', folder, { mirror, ...quick }));
    expect(message).toContain('\\u001b[2J0xxx');
    expect(message.length).toBeLessThan(1000);
  });

  it('a size that is not a number is refused as a list of files', async () => {
    const siblings = [{ rfilename: 'model.safetensors', size: 'many' }];
    const mirror = await serve((_, response) => void response.end(JSON.stringify({ sha: 'c', siblings })));
    expect(await inputFailure(fetchModel('me/tiny', folder, { mirror, ...quick }))).toMatch(
      /expected a list of files/,
    );
  });

  const weights = (bytes: number): Buffer => {
    const header = JSON.stringify({ w: { dtype: 'F32', shape: [2], data_offsets: [0, 8] } });
    const start = Buffer.alloc(8);
    start.writeBigUInt64LE(BigInt(header.length));
    return Buffer.concat([start, Buffer.from(header), Buffer.alloc(bytes)]);
  };
  it.each([
    ['gzip', gzipSync('x'), /expected safetensors, got a gzip file, twice/],
    ['a web page', Buffer.from('<html>Please log in</html>'), /expected safetensors, got something else/],
    ['weights that are cut off', weights(5), /expected safetensors, got \d+ bytes instead of \d+/],
    ['nothing', Buffer.alloc(0), /expected safetensors, got something else/],
  ])('weights without a listed hash that are %s are refused', async (_, content, message) => {
    const siblings = [{ rfilename: 'model.safetensors' }];
    const mirror = await serve((request, response) =>
      response.end(request.url?.startsWith('/api/') ? JSON.stringify({ sha: 'c', siblings }) : content),
    );
    expect(await inputFailure(fetchModel('me/tiny', folder, { mirror, ...quick }))).toMatch(message);
    expect(readdirSync(join(folder, 'me', 'tiny'))).toEqual([]);
  });

  it('weights and configurations that are what they should be are taken', async () => {
    const siblings = [{ rfilename: 'model.safetensors' }, { rfilename: 'config.json' }];
    const mirror = await serve(({ url }, response) => {
      if (url?.startsWith('/api/')) response.end(JSON.stringify({ sha: 'c', siblings }));
      else response.end(url?.endsWith('.json') ? '{}' : weights(8));
    });
    const { files } = await fetchModel('me/tiny', folder, { mirror, ...quick });
    expect(files.map(({ fresh }) => fresh)).toEqual([true, true]);
  });
});

describe('a file that is cut off', () => {
  const whole = gzipSync(reviewLines([...'abcdefgh'].map((item, k) => ['u', item, 1.3e9 + k])));
  const name = 'Prime_Pantry_5.json.gz';

  it('is fetched again if the reader says so; a sound one is kept', async () => {
    let asked = 0;
    const mirror = await serve((_, response) => (asked++, response.end(whole)));
    writeFileSync(join(folder, name), whole.subarray(0, -20));
    expect(await inputFailure(readAmazon(folder, 'Pantry'))).toMatch(
      /got one that is cut off. Fetch it again/,
    );
    const notices: string[] = [];
    const options = { mirror, metadata: false, onNotice: (line: string) => notices.push(line), ...quick };
    expect((await fetchDomain('Pantry', folder, options))[0].fresh).toBe(true);
    expect(notices.join()).toMatch(/is not the expected file \(.*cut off or damaged\); fetching it again/);
    expect(readFileSync(join(folder, name)).equals(whole)).toBe(true);
    expect((await fetchDomain('Pantry', folder, options))[0].fresh).toBe(false);
    expect(asked).toBe(1);
    expect((await fetchDomain('Pantry', folder, { ...options, again: true }))[0].fresh).toBe(true);
    expect(asked).toBe(2);
  });
});

describe('a proxy', () => {
  /** A proxy that notes what it was asked for: plain requests and tunnels. */
  async function proxy(): Promise<{ url: string; asked: string[] }> {
    const asked: string[] = [];
    const url = await serve((incoming, response) => {
      asked.push(`${incoming.method} ${incoming.url}`);
      request(incoming.url as string, { headers: incoming.headers }, (answer) => {
        response.writeHead(answer.statusCode as number, answer.headers);
        answer.pipe(response);
      })
        .on('error', () => response.writeHead(404).end())
        .end();
    });
    return { url, asked };
  }

  it('that HTTP_PROXY names is used, but not for what NO_PROXY names', async () => {
    const origin = await serve((_, response) => response.end('content'));
    const { url, asked } = await proxy();
    vi.stubEnv('no_proxy', '');
    vi.stubEnv('http_proxy', url);
    await download(`${origin}/one`, join(folder, 'one'), quick);
    expect(asked).toEqual([`GET ${origin}/one`]);
    expect(readFileSync(join(folder, 'one'), 'utf8')).toBe('content');
    vi.stubEnv('no_proxy', '127.0.0.1');
    await download(`${origin}/two`, join(folder, 'two'), quick);
    expect(asked).toHaveLength(1);
  });

  it('that HTTPS_PROXY names is asked for a tunnel', async () => {
    const tunnels: string[] = [];
    const server = createServer();
    server.on('connect', ({ url }: { url: string }, socket: ReturnType<typeof connect>) => {
      tunnels.push(url);
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    endings.push(() => server.close());
    vi.stubEnv('no_proxy', '');
    vi.stubEnv('https_proxy', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    await inputFailure(download('https://elephant.invalid/x', join(folder, 'x'), { ...quick, attempts: 1 }));
    expect(tunnels).toEqual(['elephant.invalid:443']);
  });

  it('is used by the command', async () => {
    const { url, asked } = await proxy();
    const args = [COMMAND, 'fetch', 'me/tiny', '--mirror', 'http://127.0.0.1:9', '--to', folder];
    const env = { ...process.env, http_proxy: url, no_proxy: '' };
    execFile(process.execPath, args, { env }).on('exit', () => undefined);
    await expect.poll(() => asked.length, { timeout: 30_000 }).toBeGreaterThan(0);
    expect(asked[0]).toMatch(/^GET http:\/\/127.0.0.1:9\/api\/models\/me\/tiny/);
  });
});
