/** Presets: the settings that a training takes where its caller leaves them open. */
import type { Dataset } from '../../../data';
import { unknownName } from '../../../errors';
import { type GivenOptions, MODELS, type RecommenderOptions } from '../options';
import { adaptedOptions } from './adapted';
import { PUBLISHED } from './published';

/**
 * "coded": as the paper's authors ran their code. "published": as the model's original paper has it.
 * "adapted": what suits the size of the data.
 */
export const PRESETS = ['coded', 'published', 'adapted'] as const;
/** One of PRESETS. */
export type Preset = (typeof PRESETS)[number];

/** "adapted" on a user's own data, "coded" on those of the paper. */
export function defaultPreset({ kind }: Pick<Dataset, 'kind'>): Preset {
  return kind === 'own' ? 'adapted' : 'coded';
}

/**
 * What a preset sets, for the caller's own options to override. "coded" sets nothing: its values are the
 * defaults of recommenderOptions. "adapted" fits the dataset and the options that are `given`; without a
 * dataset it sets nothing.
 * @throws InputError for an unknown preset or model.
 * @example
 * ```ts
 * import { presetOptions } from 'elephant/training';
 * const { dim, padding } = presetOptions('published', { model: 'sasrec' });
 * console.log(dim, padding); // 50 masked
 * ```
 */
export function presetOptions(
  preset: Preset,
  given: GivenOptions,
  dataset?: Dataset,
): Partial<RecommenderOptions> {
  if (!PRESETS.includes(preset)) throw unknownName('train', 'as', String(preset), PRESETS);
  if (!MODELS.includes(given.model)) throw unknownName('train', 'model', String(given.model), MODELS);
  if (preset === 'published') return PUBLISHED[given.model];
  if (preset === 'adapted' && dataset !== undefined) return adaptedOptions(dataset, given);
  return {};
}
