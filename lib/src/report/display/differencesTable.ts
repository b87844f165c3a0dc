/**
 * How a profile differs from the paper, as a table made from the two profiles, so that it cannot go stale.
 * D-numbers are decisions where the paper and the authors' code leave a choice (docs/decisions.md).
 */
import type { Profile } from '../../experiments/profiles';
import { givenData } from '../../experiments/tables/dataNote';
import type { Table } from './table';

const TABLE_1 = 'Table 1 (D36)';

export function differencesTable(ours: Profile, paper: Profile): Table {
  const data = (p: Profile): string =>
    p.given === undefined ? `a made-up shop, world "${p.simulation.world}"` : givenData(p);
  const model = ({ language: { layers, hidden }, given }: Profile): string =>
    `${layers} layers, width ${hidden}, ` +
    `${given === undefined ? 'trained from scratch on sentences about the shop' : 'published weights'}`;
  const update = (batch: number, accumulation: number): string =>
    `${batch}${accumulation > 1 ? ` x ${accumulation}` : ''} per update`;
  const trainings = ({ recommender: { batch, passes, learningRates }, backbones }: Profile): string =>
    backbones
      .map(
        (name) =>
          `${name} ${batch[name]} users per update, ` +
          `${passes[name] === 1 ? '' : `${passes[name]} passes per epoch, `}at learning rates ` +
          `${learningRates[name].join(', ')}`,
      )
      .join('; ');
  const rows: [what: string, of: (p: Profile) => string, why: string][] = [
    [
      'data',
      data,
      (ours.own === undefined ? 'A laptop has neither the files nor the time. ' : '') +
        'Compare orders, not levels.',
    ],
    [
      'language model',
      model,
      'It limits what LF, PT and FT can know; the section on learning shows what they learnt.',
    ],
    [
      'input of RECFORMER',
      ({ input }) => `${input.maxAttributeLength} tokens per attribute, ${input.maxTokens} in all`,
      ours.given === undefined ? 'Shorter texts need no more.' : 'Less to compute; longer texts are cut.',
    ],
    [
      'pre-training',
      ({ pretrain: p }) =>
        `${p.epochs} epochs, ${update(p.batch, p.accumulation)}, rate ${p.learningRate}, ` +
        `${100 * p.heldOut} % held out`,
      ours.pretrain.learningRate === paper.pretrain.learningRate
        ? 'Fewer sequences.'
        : 'Fewer sequences; the rate was chosen by contrastive accuracy on held-out sequences.',
    ],
    [
      'fine-tuning',
      ({ finetune: p }) =>
        `at most ${p.epochs} epochs, patience ${p.patience}, ${update(p.batch, p.accumulation)}, rate ` +
        `${p.learningRate}`,
      ours.finetune.learningRate === paper.finetune.learningRate
        ? 'Fewer users, so smaller updates.'
        : 'Fewer users, so smaller updates at a larger rate.',
    ],
    [
      'recommenders',
      (p) =>
        `width ${p.language.hidden}, at most ${p.recommender.epochs} epochs, patience ` +
        `${p.recommender.patience}; ${trainings(p)}`,
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
  const differing = rows
    .map(([what, of, why]) => [what, of(paper), of(ours), why] as const)
    .filter(([, theirs, mine]) => theirs !== mine)
    .filter(([what]) => what !== TABLE_1 || ours.tables.includes('table1'));
  const shared = [
    [
      'loss (D12, D43)',
      "as the authors' code",
      "as the authors' code",
      'SASRec has one negative per position with sampled negatives and a softmax in full ranking; the ' +
        `others always have a softmax.${
          ours.beyond.length > 0 ? ' "One loss for all models" shows the effect.' : ''
        }`,
    ],
    [
      'scale of item tables (D35)',
      'as the model gives them',
      'as the model gives them',
      'It affects attention and logits' +
        (ours.beyond.length > 0
          ? '; the control tables show the FT table rescaled.'
          : ours.equalScales.length > 0
            ? '; the tables at the scale of the random one show the effect.'
            : '.'),
    ],
  ] as const;
  return {
    columns: ['what', 'paper', 'here', 'why, and where its effect shows'],
    rows: [...differing, ...shared],
  };
}
