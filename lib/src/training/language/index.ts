/**
 * The language stages, for the experiments: LF (trainMaskedLanguage), PT (pretrain), FT1 and FT2 (finetune).
 */
export { trainMaskedLanguage } from './trainMaskedLanguage';
export { pretrainingSequences } from './pretrainingSequences';
export { CONTRASTIVE_ACCURACY } from './contrastiveAccuracy';
export { pretrain } from './pretrain';
export { type PretrainOptions } from './pretrainOptions';
export { type Rec, finetune, rankWithoutTuning } from './finetune';
