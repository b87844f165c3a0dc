/**
 * The three models behind `session.user`, read from the store and run on one history: SASRec from random
 * vectors, SASRec from the trainable FT table, and RECFORMER. Each has the first seed, as in Table 3.
 */
import type { Dataset } from '../../data';
import { InputError } from '../../errors';
import type { StageNode, StageResult } from '../../pipeline/stage';
import { INPUT_LIMITS, sequenceInput } from '../../text';
import type { Experiment } from '../experiment';
import { readIfStored } from '../notStored';
import { runCommand } from '../runCommand';
import type { RecommenderFacts } from '../stages/recommender';
import { loadItemTokens } from '../stages/storedItemTokens';
import { loadModel } from '../stages/storedModel';
import { itemTable } from '../stages/storedTable';
import { loadWeights } from '../stages/storedWeights';
import { attendedWords } from './attendedWords';
import type { NotMade, UserAttention } from './user';
import type { Reader } from './view';

/** Of all items: item id i at index i. */
export interface Scores {
  readonly name: string;
  readonly scores: Float32Array;
}

const RECFORMER = 'RECFORMER';

/** `seen`: ids of the history, oldest first. */
export async function sasrecScores(
  experiment: Experiment,
  read: Reader,
  dataset: Dataset,
  seen: readonly number[],
): Promise<(Scores | NotMade)[]> {
  const { name: domain } = dataset;
  const table = { node: experiment.itemTable(domain, 'FT'), name: 'FT' };
  const [base] = experiment.recommenders(domain, { backbone: 'SASRec', variant: 'base' });
  const [trainable] = experiment.recommenders(domain, { backbone: 'SASRec', variant: 'trainable', table });
  const answers = [];
  for (const [name, node] of [
    ['SASRec, random start', base],
    ['SASRec, trainable FT table', trainable],
  ] as const) {
    const run = readIfStored(read, node);
    answers.push(
      run === undefined
        ? notMade(name, experiment, node)
        : { name, scores: await recommenderScores(run, dataset, seen) },
    );
  }
  return answers;
}

async function recommenderScores(
  { json: { options, fingerprint }, arrays }: StageResult<RecommenderFacts>,
  dataset: Dataset,
  seen: readonly number[],
): Promise<Float32Array> {
  // Brings the engine with it: loaded when first needed.
  const { recommend } = await import('../../training/recommender');
  const { items, itemKeys } = dataset;
  const [all] = await recommend(
    { options, fingerprint, weights: loadWeights(arrays) },
    dataset,
    [seen.map((id) => itemKeys[id - 1])],
    { top: items, repeats: true, threads: 1 },
  );
  const ids = new Map(itemKeys.map((key, i) => [key, i + 1]));
  const scores = new Float32Array(items + 1);
  for (const { item, score } of all) scores[ids.get(item) as number] = score;
  return scores;
}

/** RECFORMER's scores, and what `<s>` attends to in it. */
export async function recformerAnswers(
  experiment: Experiment,
  read: Reader,
  dataset: Dataset,
  seen: readonly number[],
  { layer, head }: Pick<UserAttention, 'layer' | 'head'>,
): Promise<[Scores, UserAttention] | [NotMade, NotMade]> {
  const { name: domain } = dataset;
  const node = experiment.recformer(domain);
  const [finetuned, tokens, tokenizer] = [
    readIfStored(read, node),
    readIfStored(read, experiment.itemTokens(domain)),
    readIfStored(read, experiment.tokenizer()),
  ];
  if (finetuned === undefined || tokens === undefined || tokenizer === undefined) {
    const missing = notMade(RECFORMER, experiment, node);
    return [missing, missing];
  }
  const model = loadModel(finetuned);
  const { layers, heads } = model.config;
  checkPlace('layer', layer, layers);
  if (head !== 'mean') checkPlace('head', head, heads, ' or "mean"');
  const { cls, itemTokens } = loadItemTokens(tokens);
  const limits = { ...INPUT_LIMITS, ...experiment.profile.input };
  const sequence = sequenceInput(
    seen.map((id) => itemTokens[id - 1]),
    cls,
    limits,
  );
  // These bring the engine and the tokenizers' library with them: loaded when first needed.
  const { createEngine } = await import('../../engine');
  const { recformerOnHistory } = await import('../../training/language/recformerOnHistory');
  const { storedTokenizer } = await import('../stages/storedTokenizer');
  const engine = await createEngine({ provider: 'cpu', threads: experiment.profile.languageThreads });
  try {
    const { scores, attention } = await recformerOnHistory(engine, model, itemTable(finetuned), sequence);
    const words = attendedWords(sequence, attention, { layer, head }, await storedTokenizer(tokenizer));
    return [
      { name: RECFORMER, scores },
      { layer, head, layers, heads, words },
    ];
  } finally {
    await engine.dispose();
  }
}

function checkPlace(name: string, place: number, count: number, or = ''): void {
  if (Number.isInteger(place) && place >= 0 && place < count) return;
  const near = Math.min(count - 1, Math.max(0, Math.round(place) || 0));
  throw new InputError(
    `user, ${name}`,
    `expected a number from 0 to ${count - 1}${or}, got ${place}`,
    `The nearest is ${near}`,
  );
}

function notMade(name: string, { profile }: Experiment, { label }: StageNode): NotMade {
  return { name, missing: `"${label}" is not in the store; ${runCommand(profile)} makes it` };
}
