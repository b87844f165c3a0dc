/** What is wrong with an S3 bucket, and what to do. Knows no credentials, so it cannot print any. */
import { InputError } from '../../errors';

/** The names of S3's errors in our words: the problem, and what to do. */
const SAID: Readonly<Record<string, readonly [string, string]>> = {
  NoSuchBucket: ['there is no such bucket', 'Create it, or check its name and AWS_ENDPOINT_URL'],
  AccessDenied: [
    'the credentials are not allowed to do this',
    'Allow them to list, read, write and delete objects of the bucket',
  ],
  InvalidAccessKeyId: ['the access key is unknown', 'Check AWS_ACCESS_KEY_ID'],
  SignatureDoesNotMatch: ['the secret key does not match the access key', 'Check AWS_SECRET_ACCESS_KEY'],
  CredentialsProviderError: [
    'there are no credentials',
    'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE',
  ],
  RequestTimeTooSkewed: [
    "this machine's clock and the server's differ too much",
    'Set the clock, for example with NTP',
  ],
  ExpiredToken: ['the credentials have expired', 'Get new ones'],
  PermanentRedirect: ['the bucket is in another region', 'Set AWS_REGION'],
};
/** The same for servers that send only a status. */
const BY_STATUS: Readonly<Record<number, string>> = { 301: 'PermanentRedirect', 403: 'AccessDenied' };
const UNREACHABLE = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'ECONNRESET', 'TimeoutError'];

/** An InputError for an error of S3 or the network. Any other error is returned unchanged. */
export function bucketProblem(place: string, what: string, cause: unknown): unknown {
  const {
    name = '',
    code = '',
    $metadata,
  } = cause as Partial<Error & { code: string; $metadata: { httpStatusCode?: number } }>;
  const said = SAID[name] ?? SAID[BY_STATUS[$metadata?.httpStatusCode ?? 0] ?? ''];
  if (said !== undefined) return new InputError(place, `${said[0]} (${what})`, said[1], { cause });
  const network = [code, name].find((word) => UNREACHABLE.includes(word));
  if (network !== undefined)
    return new InputError(
      place,
      `expected an S3 server that answers, got ${network} (${what})`,
      'Check AWS_ENDPOINT_URL and the network',
      { cause },
    );
  if ($metadata?.httpStatusCode !== undefined && $metadata.httpStatusCode >= 400)
    return new InputError(
      place,
      `the S3 server refused with ${name} (${$metadata.httpStatusCode}; ${what})`,
      'Its log may say more',
      { cause },
    );
  return cause;
}
