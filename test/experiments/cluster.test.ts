/**
 * `elephant run --queue` and two `elephant worker` as on two machines: folders of their own, a bucket and
 * Redis between them. The bytes are those of a local run, nothing is computed twice, and so it is when
 * workers, coordinator and Redis are killed at random moments (ELEPHANT_KILLS of each). Runs the compiled
 * command.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noRedis, PASSWORD, RedisServer } from '../pipeline/redisServer';
import { noS3, SECRET, type S3Server, startS3 } from '../pipeline/s3Server';
import { freshFolder } from '../support/folders';
import { COMMAND, environment } from '../support/elephant';

const KILLS = Number(process.env.ELEPHANT_KILLS ?? 2);
const LONGEST = 900_000;
/** Every kind of stage of `smoke`, on one domain. */
const PROFILE = [
  ...['--profile', 'smoke', '--set', 'language.layers=2', 'domains=["Pantry"]'],
  ...['pretrainingDomains=["Clothing"]', 'recommender.epochs=1', 'finetune.epochs=1'],
];

const missing = [noRedis(), noS3()].filter((reason) => reason !== undefined).join('; ');
if (missing !== '') process.stderr.write(`cluster.test.ts: skipped: ${missing}\n`);

const folder = (): string => freshFolder();
/** Hashes of all results in a store's folder. */
function hashes(store: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(store)
      .filter((name) => !name.includes('.') && name !== 'lock')
      .sort()
      .flatMap((name) => ['result.json', 'arrays.safetensors'].map((file) => `${name}/${file}`))
      .map((file) => [
        file,
        createHash('sha256')
          .update(readFileSync(join(store, file)))
          .digest('hex'),
      ]),
  );
}

/** A process of the command that is started again when it was killed; all that it says is kept. */
class Program {
  said = '';
  private child: ChildProcess | undefined;
  private ended: Promise<number | null> | undefined;

  constructor(
    private readonly words: readonly string[],
    private readonly env: Record<string, string>,
  ) {
    this.start();
  }

  start(): void {
    const child = spawn(process.execPath, [COMMAND, ...this.words], {
      env: environment(this.env),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (this.said += chunk.toString()));
    this.child = child;
    this.ended = new Promise((resolve) => child.once('exit', resolve));
  }

  get runs(): boolean {
    return this.child?.exitCode === null && this.child.signalCode === null;
  }

  async kill(): Promise<void> {
    this.child?.kill('SIGKILL');
    await this.ended;
  }

  /** Its exit code. */
  async end(): Promise<number | null> {
    return (await this.ended) ?? null;
  }
}

describe.skipIf(missing !== '')('two machines', () => {
  let s3: S3Server;
  let redis: RedisServer;
  let whole: Record<string, string>;
  beforeAll(async () => {
    [s3, redis] = await Promise.all([startS3(), RedisServer.start()]);
    await s3.makeBucket('shared');
    const store = folder();
    const local = new Program(['run', ...PROFILE, '--workers', '2'], { ELEPHANT_STORE: store });
    expect(await local.end(), local.said).toBe(0);
    whole = hashes(store);
    expect(Object.keys(whole).length).toBeGreaterThan(100);
  }, LONGEST);
  afterAll(async () => {
    s3?.stop();
    await redis?.kill();
  });

  interface Cluster {
    coordinator: Program;
    /** Where the coordinator has its results. */
    results: string;
    workers: Program[];
  }
  function cluster(prefix: string): Cluster {
    const where = ['--queue', redis.address, '--store', `s3://shared/${prefix}`];
    const machine = (words: string[], store = folder()): Program =>
      new Program([...words, ...where], { ...s3.environment, ELEPHANT_STORE: store });
    const workers = [0, 1].map(() => machine(['worker', '--workers', '1', '--gone-after', '6']));
    const results = folder();
    return { coordinator: machine(['run', ...PROFILE], results), results, workers };
  }
  /** How often each stage was computed, by its name in the store. */
  function computed(workers: readonly Program[]): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { said } of workers)
      for (const [, name] of said.matchAll(/^computed .+ \((\S+)\) in .+$/gm))
        counts.set(name, (counts.get(name) ?? 0) + 1);
    return counts;
  }
  /** Neither in what the programs say nor in any file of the coordinator's store, provenance included. */
  function expectNoSecrets(store: string, ...programs: readonly Program[]): void {
    const files = readdirSync(store, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
    expect(files.length).toBeGreaterThan(100);
    for (const text of [...files, ...programs.map(({ said }) => said)])
      for (const secret of [PASSWORD, SECRET]) expect(text.includes(secret)).toBe(false);
  }

  test(
    'compute the bytes of a local run, and nothing twice',
    async () => {
      const { coordinator, results, workers } = cluster('calm');
      expect(await coordinator.end(), coordinator.said).toBe(0);
      expect(hashes(results)).toEqual(whole);
      const counts = computed(workers);
      expect([...counts].filter(([, times]) => times > 1)).toEqual([]);
      const all = new Set(Object.keys(whole).map((file) => file.split('/')[0]));
      expect(new Set(counts.keys())).toEqual(all);
      expect(coordinator.said).toMatch(new RegExp(`${all.size} stages, ${all.size} computed now, 0 missing`));
      // Both took part.
      for (const worker of workers) expect(computed([worker]).size).toBeGreaterThan(5);
      expectNoSecrets(results, coordinator, ...workers);
      await Promise.all(workers.map((worker) => worker.kill()));
    },
    LONGEST,
  );

  test(
    `killed at random moments, ${KILLS} times each, they end with the same bytes`,
    async () => {
      let left = { worker: KILLS, coordinator: KILLS, redis: KILLS };
      for (let round = 0; left.worker + left.coordinator + left.redis > 0; round++) {
        const { coordinator, results, workers } = cluster(`kills-${round}`);
        let killed = 0;
        while (coordinator.runs) {
          await sleep(500 + 3000 * Math.random());
          const [what] = (Object.keys(left) as (keyof typeof left)[])
            .filter((name) => left[name] > 0)
            .sort(() => Math.random() - 0.5);
          if (what === undefined || !coordinator.runs) break;
          left = { ...left, [what]: left[what] - 1 };
          if (what === 'redis') {
            await redis.kill();
            await sleep(2000 * Math.random());
            redis.start();
          } else {
            const program = what === 'worker' ? workers[Math.round(Math.random())] : coordinator;
            killed += Number(what === 'worker');
            await program.kill();
            program.start();
          }
        }
        expect(await coordinator.end(), coordinator.said).toBe(0);
        expect(hashes(results)).toEqual(whole);
        const counts = computed(workers);
        const twice = [...counts.values()].reduce((sum, times) => sum + times - 1, 0);
        process.stderr.write(
          `cluster.test.ts: round ${round}: ${killed} workers killed, ${counts.size} stages, ` +
            `${twice} twice\n`,
        );
        expect(twice).toBeLessThanOrEqual(killed);
        expectNoSecrets(results, coordinator, ...workers);
        await Promise.all(workers.map((worker) => worker.kill()));
      }
    },
    LONGEST,
  );

  test('a bucket that is not there is one message and exit code 2', async () => {
    const where = ['--queue', redis.address, '--store', 's3://nowhere/x'];
    for (const words of [['worker'], ['run', ...PROFILE]]) {
      const program = new Program([...words, ...where], s3.environment);
      expect(await program.end()).toBe(2);
      expect(program.said).toMatch(/^elephant: s3:\/\/nowhere\/x: there is no such bucket[^\n]*\n$/);
    }
  });
});
