/**
 * How much the language stages learnt, to be read before their columns are believed. Pure; from stored
 * results.
 */
import { VALIDATION_GROUP } from '../../training/language/contrastiveAccuracy';
import type { FinetuneConfig } from '../stages/finetune';
import type { FinetuneFacts } from '../stages/finetuneFacts';
import type { LanguageFacts } from '../stages/language';
import type { PretrainFacts } from '../stages/pretrain';
import { userCount } from '../userValues';
import { view } from './view';

export interface LearningStep {
  /** "LF", "PT", "PT, within a domain", "FT, Arts". */
  readonly stage: string;
  /** What is measured, with its unit. */
  readonly measure: string;
  /** Undefined of a language model that was given, not trained. */
  readonly first: number | undefined;
  readonly last: number | undefined;
  /** What a model that learnt nothing would have; undefined if it is not known. */
  readonly chance: number | undefined;
  readonly note: string;
  /** The measure by epoch; absent in results that were written before it was kept. */
  readonly curves?: readonly LearningCurve[];
  /** True if fine-tuning chose the table that it began with, so that FT columns repeat PT columns (D20). */
  readonly untuned?: boolean;
  /** Of fine-tuning: how many users validation ranks; absent in earlier results. */
  readonly users?: number;
}

/** One training of a stage: fine-tuning has two, one after the other. */
export interface LearningCurve {
  readonly name: 'LF' | 'PT' | 'FT1' | 'FT2';
  /** From epoch `first` on: 1, or 0 of FT2, which begins where FT1 was best. */
  readonly values: readonly number[];
  readonly first: number;
  /** The epoch whose weights were kept. */
  readonly kept: number;
}

export const languageLearning = view('languageLearning', {
  kept: () => true,
  of: ({ profile, lf, pt, recformer }) => ({
    nodes: [lf(), pt(), ...profile.domains.map(recformer)],
    make: (read) =>
      learningSteps(
        read(lf()).json,
        profile.language.vocabulary,
        read(pt()).json,
        profile.domains.map((domain) => ({
          domain,
          json: read(recformer(domain)).json,
          users: userCount(recformer(domain), read),
        })),
        profile.finetune,
      ),
  }),
});

/** When fine-tuning stops. */
type Limits = Pick<FinetuneConfig, 'epochs' | 'patience'>;

export function learningSteps(
  language: Pick<LanguageFacts, 'losses'>,
  vocabulary: number,
  pretraining: Omit<PretrainFacts, 'model'>,
  finetuned: readonly Finetuned[],
  limits: Limits,
): LearningStep[] {
  const accuracy = pretraining.log.map((entry) => entry.accuracy);
  const within = pretraining.log.map((entry) => entry.accuracyWithin);
  return [
    {
      stage: 'LF',
      measure: 'loss, nats per masked token',
      first: language.losses[0],
      last: language.losses[language.losses.length - 1],
      chance: Math.log(vocabulary),
      note: 'chance is a uniform guess over the vocabulary',
      curves: curve('LF', language.losses, language.losses.length),
    },
    {
      stage: 'PT',
      measure: 'contrastive accuracy on held-out sequences, domains mixed',
      first: accuracy[0],
      last: Math.max(...accuracy),
      chance: 1 / VALIDATION_GROUP,
      note:
        `best epoch ${pretraining.bestEpoch} of ${pretraining.log.length}, ${pretraining.updates} ` +
        `updates on ${pretraining.sequences} sequences`,
      curves: curve('PT', accuracy, pretraining.bestEpoch),
    },
    {
      stage: 'PT, within a domain',
      measure: 'contrastive accuracy on held-out sequences of one domain',
      first: within[0],
      last: within[pretraining.bestEpoch - 1],
      chance: 1 / VALIDATION_GROUP,
      note: `at the epoch that was kept; ${pretraining.heldOut} sequences`,
      curves: curve('PT', within, pretraining.bestEpoch),
    },
    ...finetuned.flatMap((each) => finetuningSteps(each, limits)),
  ];
}

interface Finetuned {
  readonly domain: string;
  readonly json: FinetuneFacts;
  readonly users?: number;
}

/** None if nothing was tuned. */
function finetuningSteps({ domain, json, users }: Finetuned, limits: Limits): LearningStep[] {
  const { FT1, FT2 } = json.stages ?? {};
  if (FT1 === undefined || FT2 === undefined) return [];
  const table = json.tableIsUntuned
    ? 'the FT table is the PT table, since the first epoch was the best (D20)'
    : 'the FT table is a tuned one';
  const cut = FT1.epochs === limits.epochs && FT1.epochs - FT1.bestEpoch < limits.patience;
  const [values1, values2] = [FT1, FT2].map(({ log }) => log.map(({ validation }) => validation));
  return [
    {
      stage: `FT, ${domain}`,
      measure: 'validation NDCG@10',
      first: values1[0],
      last: Math.max(...values1, ...values2),
      chance: undefined,
      note: `best FT1 epoch ${FT1.bestEpoch} of ${FT1.epochs}${cut ? ' (the limit)' : ''}; ${table}`,
      curves: [
        ...curve('FT1', values1, FT1.bestEpoch),
        ...curve('FT2', values2, FT2.bestEpoch, FT2.log[0]?.epoch),
      ],
      untuned: json.tableIsUntuned,
      ...(users !== undefined && { users }),
    },
  ];
}

/** None of a language model that was given, which has no epochs here. */
function curve(
  name: LearningCurve['name'],
  values: readonly number[],
  kept: number,
  first = 1,
): LearningCurve[] {
  return values.length === 0 ? [] : [{ name, values, first, kept }];
}
