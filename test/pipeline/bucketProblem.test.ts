/** What a made-up S3 server refuses, and how that is said. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Bucket } from '../../lib/src/pipeline/bucket/bucket';

const SECRET = 'not-to-be-repeated';
/** What the server answers to each method: a status and a body. */
let answers: Record<string, [number, string]> = {};
let server: Server;
const before = { ...process.env };

const refused = (code: string): string =>
  `<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message></Error>`;
const LISTED: [number, string] = [
  200,
  '<?xml version="1.0"?><ListBucketResult><Name>results</Name>' +
    '<IsTruncated>false</IsTruncated></ListBucketResult>',
];

beforeAll(async () => {
  server = createServer((request, response) => {
    const [status, body] = answers[request.method!];
    request.resume().on('end', () => response.writeHead(status).end(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_ACCESS_KEY_ID: 'someone',
    AWS_SECRET_ACCESS_KEY: SECRET,
  });
});
afterAll(() => {
  server.close();
  process.env = before;
});

const problemOf = (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => 'none',
    (error: Error) => `${error.constructor.name}: ${error.message}`,
  );

test.each([
  [403, 'AccessDenied', /the credentials are not allowed to do this \(listing\)\. Allow them to list, read/],
  [403, 'InvalidAccessKeyId', /the access key is unknown \(listing\)\. Check AWS_ACCESS_KEY_ID/],
  [403, 'SignatureDoesNotMatch', /the secret key does not match the access key/],
  [403, 'RequestTimeTooSkewed', /this machine's clock and the server's differ too much.*Set the clock/],
  [403, 'SomethingOfItsOwn', /the credentials are not allowed to do this/],
  [400, 'ExpiredToken', /the credentials have expired/],
  [404, 'NoSuchBucket', /there is no such bucket/],
  [301, 'PermanentRedirect', /the bucket is in another region.*Set AWS_REGION/],
  [500, 'InternalError', /the S3 server refused with InternalError \(500; listing\)/],
])('%d %s', async (status, code, message) => {
  answers = { GET: [status, refused(code)] };
  const problem = await problemOf(Bucket.open('s3://results/x', 1));
  expect(problem).toMatch(/^InputError: s3:\/\/results\/x: /);
  expect(problem).toMatch(message);
  expect(problem).not.toContain(SECRET);
});

test('a page that is no answer of S3', async () => {
  answers = { GET: [200, '<html>Log in</html>'] };
  expect(await problemOf(Bucket.open('s3://results/x', 1))).toMatch(
    /^InputError: s3:\/\/results\/x: expected an S3 server, got an answer of another kind/,
  );
});

test('a bucket that may be read but not written says so at the first result', async () => {
  answers = { GET: LISTED, PUT: [403, refused('AccessDenied')] };
  const bucket = await Bucket.open('s3://results/x', 1);
  expect(await problemOf(bucket.create('results/a/manifest.json', '{}'))).toMatch(
    /not allowed to do this \(writing results\/a\/manifest\.json\)/,
  );
});
