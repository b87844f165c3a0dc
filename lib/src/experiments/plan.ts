/**
 * What a profile needs before anything runs: stages, FLOP, memory and time by kind, from the sizes
 * (costs/work.ts), a short calibration of this machine, and, where stages of a kind have run in this store,
 * what they took against what was estimated.
 */
import { calibration, type Calibration } from './costs/calibrate';
import { domainSizes } from './costs/domainSizes';
import { schedule, type Estimate } from './costs/schedule';
import { PROCESS_BYTES } from './costs/memory';
import { workOf, type Work } from './costs/work';
import { experiment } from './experiment';
import type { Profile } from './profiles';
import { closure, type StageNode } from '../pipeline/stage';
import type { Store } from '../pipeline/store';

export interface KindPlan {
  readonly kind: string;
  readonly stages: number;
  readonly missing: number;
  /** Of the missing stages: seconds of a worker, one after the other. */
  readonly seconds: number;
  /** Of the missing stages, where arithmetic is what they do. */
  readonly flop: number;
  /** Of the largest missing stage. */
  readonly bytes: number;
  /** What finished stages took by what would have been estimated; undefined where none has run. */
  readonly measured: number | undefined;
}

export interface Plan {
  readonly stages: number;
  readonly missing: number;
  /** Until all is done with the workers given. */
  readonly seconds: number;
  /** At once, over all processes. */
  readonly bytes: number;
  readonly kinds: readonly KindPlan[];
  /** What was chosen for missing stages, a sentence each. */
  readonly choices: readonly string[];
}

/** Seconds of stages that are no training, on the machine that the calibration's constants are from. */
const SMALL: Readonly<Record<string, number>> = {
  scoreboard: 1,
  attention: 2,
  tokenizer: 1,
  oracle: 0.5,
  amazonDataset: 2,
  givenLanguage: 1,
  lexical: 0.3,
};
/** Speed of two threads on one stage by that of one. */
const TWO_THREADS = 1.5;
/** Before a language stage's first update: model, tokens, programs of each shape. */
const LANGUAGE_START = 1.5;

export async function planOf(
  targets: readonly StageNode[],
  profile: Profile,
  store: Store,
  workers: number,
): Promise<Plan> {
  const nodes = closure(targets);
  const missingKeys = new Set(nodes.filter((node) => !store.has(node)).map(({ key }) => key));
  const speed = missingKeys.size === 0 ? undefined : await calibration(profile, store.folder);
  const { dataset } = experiment(profile);
  const sizes = domainSizes(profile, (domain) => store.read(dataset(domain))?.json.statistics);
  const works = new Map(nodes.map((node) => [node.key, workOf(node, profile, sizes)]));
  const first = (node: StageNode): number =>
    speed === undefined ? 0 : secondsOf(node, works.get(node.key), speed, profile, workers);

  const ratios = new Map<string, number>();
  for (const kind of new Set(nodes.map((node) => node.kind.name))) {
    const done = nodes.filter((node) => node.kind.name === kind && !missingKeys.has(node.key));
    const estimated = done.reduce((sum, node) => sum + first(node), 0);
    if (estimated > 0)
      ratios.set(kind, done.reduce((sum, node) => sum + (store.seconds(node) ?? 0), 0) / estimated);
  }
  const estimate = (node: StageNode): Estimate => ({
    seconds: first(node) * (ratios.get(node.kind.name) ?? 1),
    bytes: works.get(node.key)?.bytes ?? PROCESS_BYTES,
  });

  const missing = nodes.filter(({ key }) => missingKeys.has(key));
  const kinds = [...new Set(nodes.map((node) => node.kind.name))].map((kind): KindPlan => {
    const own = missing.filter((node) => node.kind.name === kind);
    return {
      kind,
      stages: nodes.filter((node) => node.kind.name === kind).length,
      missing: own.length,
      seconds: own.reduce((sum, node) => sum + estimate(node).seconds, 0),
      flop: own.reduce((sum, node) => sum + (works.get(node.key)?.flop ?? 0), 0),
      bytes: Math.max(0, ...own.map((node) => estimate(node).bytes)),
      measured: ratios.get(kind),
    };
  });
  const choices = new Set(missing.flatMap(({ key }) => works.get(key)?.choice ?? []));
  return {
    stages: nodes.length,
    missing: missing.length,
    ...schedule(missing, estimate, workers),
    kinds,
    choices: [...choices],
  };
}

function secondsOf(
  node: StageNode,
  work: Work | undefined,
  speed: Calibration,
  profile: Profile,
  workers: number,
): number {
  if (work?.language !== undefined) {
    const { forwardTokens, trainedTokens, updateEffort } = work.language;
    const { layers } = profile.language;
    const threads = Math.min(node.threads, workers) > 1 ? TWO_THREADS : 1;
    const start = updateEffort > 0 ? LANGUAGE_START : 0.2;
    return (
      start +
      (layers * (forwardTokens + 3 * trainedTokens) * speed.tokenSeconds +
        updateEffort / speed.effortPerSecond) /
        threads
    );
  }
  if (work?.sequential !== undefined)
    return work.sequential.effort / speed.effortPerSecond + work.sequential.runs * speed.runSeconds;
  return SMALL[node.kind.name] ?? 0.1;
}
