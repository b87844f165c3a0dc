/**
 * A stage as a job of the queue. Jobs from Redis are untrusted data. A job must name a stage kind of this
 * library, its key is recomputed, and nothing in it is run or opened.
 */
import * as v from 'valibot';
import { printable } from '../../errors';
import { libraryVersion } from '../../project';
import { codeHash } from '../codeHash';
import { deviceStageKey, type StageKind, stageKey, type StageNode } from '../stage';

const FORMAT = 1;
const KEY = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const LABEL = v.pipe(v.string(), v.maxLength(500), v.transform(printable));
const JOB = v.strictObject({
  format: v.literal(FORMAT),
  kind: v.string(),
  label: LABEL,
  key: KEY,
  config: v.unknown(),
  inputs: v.record(v.string(), v.strictObject({ kind: v.string(), label: LABEL, key: KEY })),
  threads: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1024)),
  /** The device of a stage, unless the CPU computes it. */
  device: v.optional(
    v.strictObject({
      provider: v.picklist(['webgpu', 'cuda', 'tfjs']),
      name: LABEL,
      oneAtATime: v.boolean(),
    }),
  ),
  /** The coordinator's version of the library, and the hash of the code that computes the stage. */
  version: v.pipe(v.string(), v.maxLength(100), v.transform(printable)),
  code: KEY,
});

export type StageJob = v.InferOutput<typeof JOB>;

/** What a worker returns for a job. */
export interface JobOutcome {
  /** That the stage took; absent if its result was already there, or an input is missing. */
  readonly seconds?: number;
  /** The key of an input that the worker did not find. */
  readonly missing?: string;
}

/** Something on the queue that none of our coordinators put there. */
export class ForeignJob extends Error {
  override readonly name = 'ForeignJob';
}

/** The job belongs to another version of the library. */
export class OtherCode extends Error {
  override readonly name = 'OtherCode';
}

export function stageJob({ kind, label, key, config, inputs, threads, device }: StageNode): StageJob {
  return {
    format: FORMAT,
    kind: kind.name,
    label,
    key,
    config,
    inputs: Object.fromEntries(
      Object.entries(inputs).map(([name, input]) => [
        name,
        { kind: input.kind.name, label: input.label, key: input.key },
      ]),
    ),
    threads,
    device,
    version: libraryVersion(),
    code: codeHash(kind.file),
  };
}

/**
 * The stage that a job asks for. Its sources depend on the machine, so they are left empty.
 *
 * @param kinds those that this library has, by name
 * @throws ForeignJob, OtherCode
 */
export function stageOf(
  id: string | undefined,
  data: unknown,
  kinds: Readonly<Record<string, StageKind>>,
): StageNode {
  const parsed = v.safeParse(JOB, data);
  if (!parsed.success) throw new ForeignJob(`expected a stage, got ${printable(parsed.issues[0].message)}`);
  const { kind: name, label, key, config, inputs, threads, device, version, code } = parsed.output;
  const kindOf = (kind: string): StageKind => {
    if (Object.hasOwn(kinds, kind)) return kinds[kind];
    throw new ForeignJob(`expected a known kind of stage, got ${JSON.stringify(kind.slice(0, 60))}`);
  };
  const kind = kindOf(name);
  const here = codeHash(kind.file);
  if (code !== here)
    throw new OtherCode(
      `"${label}" needs elephant ${version} with code ${code.slice(0, 12)} of ${name}; this machine has ` +
        `${libraryVersion()} with ${here.slice(0, 12)}`,
    );
  const keys = Object.fromEntries(Object.entries(inputs).map(([input, { key: of }]) => [input, of]));
  const expected =
    device === undefined ? stageKey(kind, config, keys, threads) : deviceStageKey(kind, config, keys, device);
  if (expected !== key || id !== key)
    throw new ForeignJob(`the key of "${label}" does not match its content`);
  return {
    ...{ kind, label, key, config, threads, device },
    sources: {},
    inputs: Object.fromEntries(
      Object.entries(inputs).map(([input, about]) => [
        input,
        { ...about, kind: kindOf(about.kind), config: null, inputs: {}, threads: 1, sources: {} },
      ]),
    ),
  };
}
