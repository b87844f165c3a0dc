/**
 * Whose settings apply if a caller sets none: those of the paper's authors (options.ts), of the model's
 * original paper (published.ts), or ones adapted to the data (adaptedForm.ts).
 */
import type { Dataset } from '../../data';
import { unknownName } from '../../errors';
import { adaptedForm } from './adaptedForm';
import { MODELS, type RecommenderOptions } from './options';
import { publishedForm } from './published';

/**
 * Whose settings to take: those of the paper's authors, of the model's original paper, or ones adapted to the
 * data.
 */
export const FORMS = ['coded', 'published', 'adapted'] as const;
/** One of FORMS. */
export type Form = (typeof FORMS)[number];

type Given = Partial<RecommenderOptions> & Pick<RecommenderOptions, 'model'>;

/**
 * Whose settings a training takes by default: the authors' on the paper's data, adapted ones on somebody's
 * own data.
 */
export function usualForm({ kind }: Pick<Dataset, 'kind'>): Form {
  return kind === 'own' ? 'adapted' : 'coded';
}

/**
 * What `form` sets for options that are not `given`. Without a dataset, settings that follow from the data
 * are left out.
 */
export function formSettings(form: Form, given: Given, dataset?: Dataset): Partial<RecommenderOptions> {
  if (form === 'adapted') return dataset === undefined ? {} : adaptedForm(dataset, given);
  return form === 'published' ? publishedForm(given.model) : {};
}

/**
 * The settings of `form`, overridden by `given`; undefined values are ignored. recommenderOptions completes
 * them. @throws InputError for an unknown form or model.
 */
export function formOf(form: Form, dataset: Dataset, given: Given): Given {
  if (!FORMS.includes(form)) throw unknownName('train', 'as', String(form), FORMS);
  if (!MODELS.includes(given.model)) throw unknownName('train', 'model', String(given.model), MODELS);
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Given;
  return { ...formSettings(form, set, dataset), ...set };
}
