/**
 * How a profile differs from the paper, as a table made from the two profiles, so that it cannot go stale.
 * D-numbers are decisions where the paper and the authors' code leave a choice (docs/decisions.md).
 */
import type { Profile } from '../../experiments/profiles';
import { givenData } from '../../experiments/tables/dataNote';
import type { Table } from './table';

const TABLE_1 = 'Table 1 (D36)';

export function differencesTable(ours: Profile, paper: Profile): Table {
  const differing = settings(ours, paper)
    .map(([what, of, why]) => [what, of(paper), of(ours), why] as const)
    .filter(([, theirs, mine]) => theirs !== mine)
    .filter(([what]) => what !== TABLE_1 || ours.tables.includes('table1'));
  return {
    columns: ['what', 'paper', 'here', 'why, and where its effect shows'],
    rows: [...differing, ...asCoded(ours)],
  };
}

type Setting = readonly [what: string, of: (profile: Profile) => string, why: string];

/** What may differ, and why ours does. */
function settings(ours: Profile, paper: Profile): readonly Setting[] {
  return [
    [
      'data',
      data,
      (ours.own === undefined ? 'A laptop has neither the files nor the time. ' : '') +
        'Compare orders, not levels.',
    ],
    [
      'language model',
      languageModel,
      'It limits what LF, PT and FT can know; the section on learning shows what they learnt.',
    ],
    [
      'input of RECFORMER',
      ({ input }) => `${input.maxAttributeLength} tokens per attribute, ${input.maxTokens} in all`,
      ours.given === undefined ? 'Shorter texts need no more.' : 'Less to compute; longer texts are cut.',
    ],
    [
      'pre-training',
      pretraining,
      ours.pretrain.learningRate === paper.pretrain.learningRate
        ? 'Fewer sequences.'
        : 'Fewer sequences; the rate was chosen by contrastive accuracy on held-out sequences.',
    ],
    [
      'fine-tuning',
      finetuning,
      ours.finetune.learningRate === paper.finetune.learningRate
        ? 'Fewer users, so smaller updates.'
        : 'Fewer users, so smaller updates at a larger rate.',
    ],
    [
      'recommenders',
      recommenders,
      "With a few hundred users, the paper's batch would give two updates per epoch." +
        (ours.backbones.includes('BERT4Rec')
          ? ' BERT4Rec has one or two labels per history and pass, so it learns little in one pass.'
          : ''),
    ],
    [
      TABLE_1,
      ({ layerSets }) =>
        'layers restricted in ' +
        `${layerSets.restricted === 'FT' ? 'fine-tuning only' : 'pre-training and fine-tuning'}`,
      'The paper does not say; restricting both is the consistent reading. None is shown both ways.',
    ],
    [
      'seeds of a recommender',
      ({ recommender }) => String(recommender.seeds.length),
      'They give the spread beside each number; all seeds share one language model.',
    ],
  ];
}

/** What is the same here as in the authors' code, but not as a reader of the paper may think. */
function asCoded({ beyond, equalScales }: Profile): readonly (readonly string[])[] {
  return [
    [
      'loss (D12, D43)',
      "as the authors' code",
      "as the authors' code",
      'SASRec has one negative per position with sampled negatives and a softmax in full ranking; the ' +
        'others always have a softmax.' +
        (beyond.length > 0 ? ' "One loss for all models" shows the effect.' : ''),
    ],
    [
      'scale of item tables (D35)',
      'as the model gives them',
      'as the model gives them',
      'It affects attention and logits' +
        (beyond.length > 0
          ? '; the control tables show the FT table rescaled.'
          : equalScales.length > 0
            ? '; the tables at the scale of the random one show the effect.'
            : '.'),
    ],
  ];
}

function data(profile: Profile): string {
  return profile.given === undefined
    ? `a made-up shop, world "${profile.simulation.world}"`
    : givenData(profile);
}

function languageModel({ language: { layers, hidden }, given }: Profile): string {
  const from = given === undefined ? 'trained from scratch on sentences about the shop' : 'published weights';
  return `${layers} layers, width ${hidden}, ${from}`;
}

function pretraining({ pretrain: p }: Profile): string {
  const heldOut = `${100 * p.heldOut} % held out`;
  return `${p.epochs} epochs, ${update(p.batch, p.accumulation)}, rate ${p.learningRate}, ${heldOut}`;
}

function finetuning({ finetune: p }: Profile): string {
  const longest = `at most ${p.epochs} epochs, patience ${p.patience}`;
  return `${longest}, ${update(p.batch, p.accumulation)}, rate ${p.learningRate}`;
}

function update(batch: number, accumulation: number): string {
  return `${batch}${accumulation > 1 ? ` x ${accumulation}` : ''} per update`;
}

function recommenders({ language, recommender, backbones }: Profile): string {
  const { epochs, patience, batch, passes, learningRates } = recommender;
  const trainings = backbones.map(
    (name) =>
      `${name} ${batch[name]} users per update, ` +
      `${passes[name] === 1 ? '' : `${passes[name]} passes per epoch, `}at learning rates ` +
      `${learningRates[name].join(', ')}`,
  );
  return `width ${language.hidden}, at most ${epochs} epochs, patience ${patience}; ${trainings.join('; ')}`;
}
