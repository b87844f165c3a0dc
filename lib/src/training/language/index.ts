/**
 * The language stages, for the experiments: LF (trainMaskedLanguage), PT (pretrain), FT1 and FT2 (finetune).
 */
export {
  type LanguageProgress,
  MASKED_LANGUAGE_DEFAULTS,
  type MaskedLanguageOptions,
  type MaskedLanguageResult,
  trainMaskedLanguage,
} from './trainMaskedLanguage';
export {
  PRETRAINING_SEQUENCES_DEFAULTS,
  type PretrainingSequence,
  type PretrainingSequencesOptions,
  pretrainingSequences,
} from './pretrainingSequences';
export { ACCURACY_WITHIN_DOMAIN, CONTRASTIVE_ACCURACY, VALIDATION_GROUP } from './contrastiveAccuracy';
export { type PretrainResult, pretrain } from './pretrain';
export { PRETRAIN_DEFAULTS, type PretrainInput, type PretrainOptions } from './pretrainOptions';
export { type FinetuneResult, type Rec, finetune, rankWithoutTuning } from './finetune';
export {
  FINETUNE_DEFAULTS,
  type FinetuneInput,
  type FinetuneOptions,
  type TrainedStage,
} from './finetuneOptions';
export { finetuningSchedule, linearDecay } from './schedules';
export { type TunedLayers, tunedWeights } from './tunedLayers';
export { estimateLanguageCost, type LanguageStage } from './estimateLanguageCost';
