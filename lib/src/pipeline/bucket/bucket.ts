/**
 * The few operations that we need of an S3-compatible bucket: list, read, write, write if absent, remove.
 * Endpoint, region and credentials come from the environment, as every AWS tool reads them (AWS_ENDPOINT_URL,
 * AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_PROFILE).
 */
import { createReadStream, createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { InputError } from '../../errors';
import { bucketProblem } from './bucketProblem';

/** A short outage costs time but no result: retries last about two minutes. */
const TRIALS = 10;
/** Larger files are uploaded in parts of this size. */
const PART_BYTES = 16 * 2 ** 20;
const FEWEST_NAME = 3;

// The client warns of Node versions that its next releases will not support; ours is fixed in the lock file.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

export class Bucket {
  readonly place: string;

  /** `prefix`: of every name; "", or ends with "/". */
  private constructor(
    private readonly client: S3Client,
    private readonly name: string,
    private readonly prefix: string,
  ) {
    this.place = `s3://${name}/${prefix}`.replace(/\/$/, '');
  }

  /** @throws InputError if `url` is not s3://bucket/prefix, or the bucket cannot be listed. */
  static async open(url: string, trials = TRIALS): Promise<Bucket> {
    const [, name, prefix] = /^s3:\/\/([a-z0-9][a-z0-9.-]*)(?:\/(.*))?$/.exec(url) ?? [];
    // Whatever it is, it may contain a password, so it is not repeated.
    if (name === undefined || name.length < FEWEST_NAME || (prefix ?? '').split('/').includes('..'))
      throw new InputError(
        '--store',
        'expected s3://bucket/prefix, got another form of address',
        'Endpoint and credentials belong to the environment: AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, ' +
          'AWS_SECRET_ACCESS_KEY',
      );
    const { AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3, AWS_REGION, AWS_DEFAULT_REGION } = process.env;
    const client = new S3Client({
      region: AWS_REGION ?? AWS_DEFAULT_REGION ?? 'us-east-1',
      // Servers other than Amazon's seldom have a host name for each bucket.
      forcePathStyle: (AWS_ENDPOINT_URL_S3 ?? AWS_ENDPOINT_URL) !== undefined,
      maxAttempts: trials,
      // Results carry their own hashes; not every server knows the checksums of newer clients.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
    const parts = (prefix ?? '').split('/').filter((part) => part !== '');
    const bucket = new Bucket(client, name, parts.map((part) => `${part}/`).join(''));
    await bucket.list('results/', 1);
    return bucket;
  }

  /** Names that begin with `start`, at most `most` of them. */
  async list(start: string, most = Infinity): Promise<string[]> {
    const names: string[] = [];
    let token: string | undefined;
    do {
      const page = await this.ask('listing', () =>
        this.client.send(
          new ListObjectsV2Command({
            ...{ Bucket: this.name, Prefix: this.prefix + start, ContinuationToken: token },
            MaxKeys: Math.min(1000, most),
          }),
        ),
      );
      // Every S3 server says whose list this is. A page of a proxy would be taken for an empty list.
      if (page.Name === undefined)
        throw new InputError(
          this.place,
          'expected an S3 server, got an answer of another kind (listing)',
          'Check AWS_ENDPOINT_URL and the network',
        );
      for (const { Key } of page.Contents ?? []) names.push((Key as string).slice(this.prefix.length));
      token = names.length < most ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
    return names;
  }

  /** The text of a small object; undefined if there is none. */
  async text(name: string): Promise<string | undefined> {
    return this.ask(`reading ${name}`, async () => {
      const body = await this.body(name);
      return body === undefined ? undefined : Buffer.concat(await body.toArray()).toString('utf8');
    });
  }

  /** Writes an object into a file; false if there is none. */
  async download(name: string, file: string): Promise<boolean> {
    return this.ask(`reading ${name}`, async () => {
      const body = await this.body(name);
      if (body !== undefined) await pipeline(body, createWriteStream(file, { flags: 'wx' }));
      return body !== undefined;
    });
  }

  /** Writes an object from a file, large ones in parts. */
  async upload(file: string, name: string): Promise<void> {
    await this.ask(`writing ${name}`, () =>
      new Upload({
        client: this.client,
        params: { ...this.at(name), Body: createReadStream(file) },
        partSize: PART_BYTES,
      }).done(),
    );
  }

  /** Writes an object unless there is one of this name; false if there is. */
  async create(name: string, text: string): Promise<boolean> {
    return this.ask(`writing ${name}`, async () => {
      try {
        await this.client.send(new PutObjectCommand({ ...this.at(name), Body: text, IfNoneMatch: '*' }));
        return true;
      } catch (error) {
        // The second code: another one is being written at this moment.
        if (['PreconditionFailed', 'ConditionalRequestConflict'].includes((error as Error).name))
          return false;
        throw error;
      }
    });
  }

  async remove(names: readonly string[]): Promise<void> {
    if (names.length === 0) return;
    await this.ask('removing', () =>
      this.client.send(
        new DeleteObjectsCommand({
          Bucket: this.name,
          Delete: { Objects: names.map((name) => ({ Key: this.prefix + name })), Quiet: true },
        }),
      ),
    );
  }

  private async body(name: string): Promise<Readable | undefined> {
    try {
      return (await this.client.send(new GetObjectCommand(this.at(name)))).Body as Readable;
    } catch (error) {
      if ((error as Error).name === 'NoSuchKey') return undefined;
      throw error;
    }
  }

  private at(name: string): { Bucket: string; Key: string } {
    return { Bucket: this.name, Key: this.prefix + name };
  }

  private async ask<T>(what: string, request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (error) {
      throw bucketProblem(this.place, what, error);
    }
  }
}
