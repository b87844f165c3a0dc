/**
 * The paper's claims, one entry each: those of method 12 and those that the text of sections 3.3 and 4.3 to
 * 4.6 makes about Tables 1 to 5 and Figure 2. Written before the first full run; an entry is never fitted to
 * a result. Findings that cannot be put as one contrast between rankings are not here: Figure 1's attention
 * maps (3.2), costs (4.4), and "regardless of whether RECFORMER is above the base" in 4.3 (2), which is about
 * which domains one happens to have.
 *
 * Figure 2's columns are SASRec with a trainable table from the model pre-trained on that share (method 11);
 * its "0" is LF. "Comparable" and "does not help" mean: not worse, not better, by more than 2 % relative.
 */
import type { Backbone, TableName } from '../profiles';
import type { Claim, Column, Gain } from './claim';

/** The margin of "comparable", relative. */
const COMPARABLE = 0.02;

const NDCG10 = { family: 'NDCG', k: 10 } as const;
const BOTH: readonly Backbone[] = ['SASRec', 'BERT4Rec'];
/** The paper's downstream domains: not among those of pre-training. */
const NEW_DOMAINS = ['Arts', 'Instruments', 'Pantry'] as const;
const TABLE5_DOMAINS = ['Arts', 'Pantry', 'Sports'] as const;

const of =
  (table: TableName) =>
  (column: string, backbone?: Backbone): Column =>
    backbone === undefined ? { table, column } : { table, column, backbone };
const [t1, t3, t4, t5, f2] = [of('table1'), of('table3'), of('table4'), of('table5'), of('figure2')];
const gain = (a: Column, b: Column): Gain => ({ a: [a], b: [b] });
const over = (a: Column, b: Column) => ({ kind: 'gain', ...gain(a, b) }) as const;

const TRIPLES = ['0,4,8', '1,5,9', '2,6,10', '3,7,11'];
const SINGLES = ['3', '7', '11'];
const TUNED = ['All', ...TRIPLES, ...SINGLES];
/** Each of `columns` against the one before it. */
const steps = (columns: readonly string[]): Gain[] =>
  columns.slice(1).map((column, i) => gain(t1(column), t1(columns[i])));

const table1 = { metric: NDCG10, protocol: 'sampled', domains: ['Pantry'], backbones: [] } as const;
const table3 = { metric: NDCG10, protocol: 'sampled', domains: 'evaluated', backbones: BOTH } as const;
const table4 = { metric: NDCG10, protocol: 'full', domains: 'evaluated', backbones: [] } as const;
const table5 = { metric: NDCG10, protocol: 'sampled', domains: TABLE5_DOMAINS, backbones: [] } as const;
const figure2 = { metric: NDCG10, protocol: 'sampled', domains: 'evaluated', backbones: [] } as const;

const above = { direction: 'above', margin: 0 } as const;
const below = { direction: 'below', margin: 0 } as const;
const notBelow = { direction: 'notBelow', margin: COMPARABLE } as const;
const notAbove = { direction: 'notAbove', margin: COMPARABLE } as const;

/**
 * The paper's claims, in its order.
 * @example
 * ```ts
 * import { CLAIMS } from 'elephant';
 * for (const { section, statement } of CLAIMS.slice(0, 3)) console.log(section, statement);
 * ```
 */
export const CLAIMS: readonly Claim[] = [
  {
    id: 'none-worst',
    section: '3.3 (1)',
    strength: 'strong',
    ...table1,
    ...above,
    statement: 'Without behaviour tuning (None), RECFORMER is worse than with any set of tuned layers.',
    contrast: { kind: 'weakest', gains: TUNED.map((column) => gain(t1(column), t1('None'))) },
  },
  {
    id: 'deeper-single-layer',
    section: '3.3 (2)',
    strength: 'strong',
    ...table1,
    ...above,
    statement: 'Of single tuned layers the deeper is better: 3 < 7 < 11.',
    contrast: { kind: 'weakest', gains: steps(SINGLES) },
  },
  {
    id: 'deeper-three-layers',
    section: '3.3 (2)',
    strength: 'weak',
    ...table1,
    ...above,
    statement: 'Of three tuned layers the deeper are better: 0,4,8 < 1,5,9 < 2,6,10 < 3,7,11.',
    contrast: { kind: 'weakest', gains: steps(TRIPLES) },
  },
  {
    id: 'three-layers-above-all',
    section: '3.3 (3)',
    strength: 'strong',
    ...table1,
    ...above,
    statement: 'Tuning layers 3,7,11 alone is better than tuning all twelve.',
    contrast: over(t1('3,7,11'), t1('All')),
  },
  {
    id: 'three-layers-match-all',
    section: '3.3 (3)',
    strength: 'strong',
    ...table1,
    ...notBelow,
    statement: 'Tuning layers 3,7,11 alone is comparable with tuning all twelve, or better.',
    domains: ['Pantry', 'Arts', 'Instruments'],
    contrast: over(t1('3,7,11'), t1('All')),
    quotedIn: ['layers-3-7-11-arts', 'layers-3-7-11-instruments'],
  },

  {
    id: 'freeze-FT-matches-REC',
    section: '4.3 (1)',
    strength: 'weak',
    ...table3,
    ...notBelow,
    statement: 'A simple sequence model on frozen FT item embeddings is comparable with RECFORMER or better.',
    contrast: over(t3('freeze.FT'), t3('REC')),
  },

  {
    id: 'freeze-LF-below-base',
    section: '4.3 (2)',
    strength: 'strong',
    ...table3,
    ...below,
    statement:
      'Frozen Longformer embeddings (LF) are inferior to the original model with random initialisation.',
    contrast: over(t3('freeze.LF'), t3('base')),
  },
  {
    id: 'trainable-LF-below-base',
    section: '4.3 (2)',
    strength: 'weak',
    ...table3,
    ...below,
    statement:
      'Longformer embeddings (LF) are inferior to random initialisation even when they are trained on.',
    contrast: over(t3('trainable.LF'), t3('base')),
  },
  {
    id: 'trainable-PT-above-base',
    section: '4.3 (2)',
    strength: 'strong',
    ...table3,
    ...above,
    statement:
      'Initialising trainable item embeddings with the pre-trained model (PT) improves over random ' +
      'initialisation.',
    contrast: over(t3('trainable.PT'), t3('base')),
  },
  {
    id: 'trainable-FT-above-base',
    section: '4.3 (2)',
    strength: 'strong',
    ...table3,
    ...above,
    statement:
      'Initialising trainable item embeddings with the fine-tuned model (FT) improves over random ' +
      'initialisation.',
    contrast: over(t3('trainable.FT'), t3('base')),
  },
  {
    id: 'freeze-PT-above-base',
    section: '4.3 (2)',
    strength: 'weak',
    ...table3,
    ...above,
    statement: 'Frozen PT embeddings improve over the original model.',
    contrast: over(t3('freeze.PT'), t3('base')),
  },
  {
    id: 'freeze-FT-above-base',
    section: '4.3 (2)',
    strength: 'weak',
    ...table3,
    ...above,
    statement: 'Frozen FT embeddings improve over the original model.',
    contrast: over(t3('freeze.FT'), t3('base')),
  },
  {
    id: 'freeze-FT-above-PT',
    section: '4.3 (2)',
    strength: 'weak',
    ...table3,
    ...above,
    statement: 'Frozen, FT embeddings are better than PT embeddings.',
    contrast: over(t3('freeze.FT'), t3('freeze.PT')),
  },
  {
    id: 'trainable-FT-above-PT',
    section: '4.3 (2)',
    strength: 'weak',
    ...table3,
    ...above,
    statement: 'As a start for trainable embeddings, FT is better than PT.',
    contrast: over(t3('trainable.FT'), t3('trainable.PT')),
  },

  {
    id: 'further-best',
    section: '4.3 (3)',
    strength: 'weak',
    ...table3,
    ...above,
    statement: 'The better of the two further-train variants is the best column of the table.',
    contrast: {
      kind: 'gain',
      a: ['further.All', 'further.Emb'].map((column) => t3(column)),
      b: [
        'base',
        'REC',
        'freeze.LF',
        'freeze.PT',
        'freeze.FT',
        'trainable.LF',
        'trainable.PT',
        'trainable.FT',
      ].map((column) => t3(column)),
    },
  },
  {
    id: 'trainable-LF-above-freeze',
    section: '4.3 (3)',
    strength: 'strong',
    ...table3,
    ...above,
    statement: 'LF embeddings are better trainable than frozen.',
    contrast: over(t3('trainable.LF'), t3('freeze.LF')),
  },
  {
    id: 'trainable-PT-above-freeze',
    section: '4.3 (3)',
    strength: 'strong',
    ...table3,
    ...above,
    statement: 'PT embeddings are better trainable than frozen.',
    contrast: over(t3('trainable.PT'), t3('freeze.PT')),
  },
  {
    id: 'trainable-FT-above-freeze',
    section: '4.3 (3)',
    strength: 'strong',
    ...table3,
    ...above,
    statement: 'FT embeddings are better trainable than frozen.',
    contrast: over(t3('trainable.FT'), t3('freeze.FT')),
  },
  {
    id: 'further-Emb-above-All',
    section: '4.3 (3)',
    strength: 'weak',
    ...table3,
    ...above,
    statement: 'Training further is better with the item embeddings alone than with all parameters.',
    contrast: over(t3('further.Emb'), t3('further.All')),
  },

  {
    id: 'PT-transfers-trainable',
    section: '4.3 (4)',
    strength: 'strong',
    ...table3,
    ...above,
    statement:
      'In domains that pre-training has not seen, a PT start beats both the original model and an LF start.',
    domains: NEW_DOMAINS,
    contrast: {
      kind: 'weakest',
      gains: [gain(t3('trainable.PT'), t3('base')), gain(t3('trainable.PT'), t3('trainable.LF'))],
    },
  },
  {
    id: 'PT-transfers-freeze',
    section: '4.3 (4)',
    strength: 'strong',
    ...table3,
    ...above,
    statement: 'In domains that pre-training has not seen, frozen PT embeddings beat frozen LF embeddings.',
    domains: NEW_DOMAINS,
    contrast: over(t3('freeze.PT'), t3('freeze.LF')),
  },

  {
    id: 'freeze-PT-helps-BERT-more',
    section: '4.3 (5)',
    strength: 'strong',
    ...table3,
    ...above,
    statement: 'Frozen PT embeddings help BERT4Rec more than SASRec (gain over the original model).',
    backbones: [],
    contrast: {
      kind: 'moreThan',
      more: gain(t3('freeze.PT', 'BERT4Rec'), t3('base', 'BERT4Rec')),
      less: gain(t3('freeze.PT', 'SASRec'), t3('base', 'SASRec')),
    },
  },
  {
    id: 'freeze-FT-helps-BERT-more',
    section: '4.3 (5)',
    strength: 'strong',
    ...table3,
    ...above,
    statement: 'Frozen FT embeddings help BERT4Rec more than SASRec (gain over the original model).',
    backbones: [],
    contrast: {
      kind: 'moreThan',
      more: gain(t3('freeze.FT', 'BERT4Rec'), t3('base', 'BERT4Rec')),
      less: gain(t3('freeze.FT', 'SASRec'), t3('base', 'SASRec')),
    },
  },
  {
    id: 'BERT-freeze-FT-matches-trainable',
    section: '4.3 (5)',
    strength: 'weak',
    ...table3,
    ...notBelow,
    statement: 'For BERT4Rec, frozen FT embeddings are comparable with trainable ones.',
    backbones: ['BERT4Rec'],
    contrast: over(t3('freeze.FT'), t3('trainable.FT')),
  },

  {
    id: 'full-FT-above-SAS',
    section: '4.4 (1)',
    strength: 'strong',
    ...table4,
    ...above,
    statement: 'With full ranking, SASRec from trainable FT embeddings beats the original SASRec.',
    contrast: over(t4('FT'), t4('SAS')),
  },
  {
    id: 'full-HR-gains-more',
    section: '4.4 (1)',
    strength: 'weak',
    ...table4,
    ...above,
    statement: 'With full ranking, the gain over SASRec is larger in hit rate than in NDCG.',
    contrast: {
      kind: 'moreThan',
      more: { ...gain(t4('FT'), t4('SAS')), family: 'HR' },
      less: { ...gain(t4('FT'), t4('SAS')), family: 'NDCG' },
    },
  },
  {
    id: 'full-FT-above-REC',
    section: '4.4 (2)',
    strength: 'strong',
    ...table4,
    ...above,
    statement: 'With full ranking, SASRec from trainable FT embeddings beats RECFORMER.',
    contrast: over(t4('FT'), t4('REC')),
  },
  {
    id: 'sampled-FT-above-REC',
    section: '4.4 (2)',
    strength: 'strong',
    ...table3,
    ...above,
    statement: 'Among sampled negatives, SASRec from trainable FT embeddings beats RECFORMER.',
    backbones: ['SASRec'],
    contrast: over(t3('trainable.FT'), t3('REC')),
  },
  {
    id: 'sampled-gain-over-REC-larger',
    section: '4.4 (2)',
    strength: 'weak',
    ...table4,
    ...above,
    statement: 'The gain over RECFORMER is larger among sampled negatives than with full ranking.',
    protocol: 'both',
    contrast: {
      kind: 'moreThan',
      more: gain(t3('trainable.FT', 'SASRec'), t3('REC', 'SASRec')),
      less: gain(t4('FT'), t4('REC')),
    },
  },

  {
    id: 'withID-LF-no-help',
    section: '4.5',
    strength: 'strong',
    ...table5,
    ...notAbove,
    statement: 'Added to trainable ID embeddings, LF text embeddings do not help SASRec.',
    contrast: over(t5('withID.LF'), t5('SAS')),
  },
  {
    id: 'withID-PT-above-SAS',
    section: '4.5',
    strength: 'strong',
    ...table5,
    ...above,
    statement: 'Added to trainable ID embeddings, PT text embeddings help SASRec.',
    contrast: over(t5('withID.PT'), t5('SAS')),
  },
  {
    id: 'withID-FT-above-SAS',
    section: '4.5',
    strength: 'strong',
    ...table5,
    ...above,
    statement: 'Added to trainable ID embeddings, FT text embeddings help SASRec.',
    contrast: over(t5('withID.FT'), t5('SAS')),
  },
  {
    id: 'REC-trainable-above-REC',
    section: '4.5',
    strength: 'strong',
    ...table5,
    ...above,
    statement: 'RECFORMER improves when its item embeddings are trainable.',
    contrast: over(t5('REC.trainable'), t5('REC')),
  },
  {
    id: 'REC-trainable-below-trainable-FT',
    section: '4.5',
    strength: 'weak',
    ...table5,
    ...below,
    statement:
      'With trainable item embeddings RECFORMER is still inferior to SASRec started from the same ' +
      'embeddings.',
    contrast: over(t5('REC.trainable'), t3('trainable.FT', 'SASRec')),
  },
  {
    id: 'REC-trainable-below-withID-FT',
    section: '4.5',
    strength: 'weak',
    ...table5,
    ...below,
    statement:
      'With trainable item embeddings RECFORMER is still inferior to SASRec with ID embeddings beside ' +
      'those of FT.',
    contrast: over(t5('REC.trainable'), t5('withID.FT')),
  },

  {
    id: 'pretraining-helps',
    section: '4.6',
    strength: 'unprinted',
    ...figure2,
    ...above,
    statement: 'Item embeddings from the whole behaviour pre-training are better than those of Longformer.',
    contrast: over(f2('100'), f2('0')),
  },
  {
    id: 'small-pretraining-helps',
    section: '4.6',
    strength: 'unprinted',
    ...figure2,
    ...above,
    statement:
      'One per cent of the pre-training set (several thousand users in the paper) is enough to beat ' +
      'Longformer.',
    contrast: over(f2('1'), f2('0')),
  },
  {
    id: 'small-pretraining-suffices',
    section: '4.6',
    strength: 'unprinted',
    ...figure2,
    ...notBelow,
    statement: 'One per cent of the pre-training set is sufficient: comparable with all of it.',
    contrast: over(f2('1'), f2('100')),
  },
];
