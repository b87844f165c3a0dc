/**
 * `elephant train --options`: every option that `--set` takes. Defaults are those that the command trains
 * with, and what may be set is what the training itself says when it refuses a value, so that neither can
 * differ from them; only meanings are written down.
 */
import { InputError } from '../../errors';
import { tableText } from '../../report/display/table';
import { MODELS, type RecommenderOptions, recommenderOptions } from '../../training/recommender';
import type { TrainOptions } from './commandLine';
import { MEANINGS, type Meaning } from './optionMeanings';
import { defaultsOf } from './settings';

type Value = RecommenderOptions[keyof RecommenderOptions];

export interface OptionRow extends Meaning {
  option: string;
  default: Record<RecommenderOptions['model'], Value>;
  /** Either the values that there are, or what a number must be. */
  values?: readonly (string | boolean)[];
  expected?: string;
}

/** `as`: the form whose defaults they are. */
export async function optionRows(as: TrainOptions['as']): Promise<OptionRow[]> {
  const [sasrec, bert4rec] = await Promise.all(MODELS.map((model) => defaultsOf(as, model)));
  return (Object.keys(MEANINGS) as (keyof typeof MEANINGS)[]).map((option) => ({
    option,
    default: { sasrec: sasrec[option], bert4rec: bert4rec[option] },
    ...allowed(sasrec, option),
    ...MEANINGS[option],
  }));
}

export function optionTable(rows: readonly OptionRow[]): string {
  return `${tableText({
    columns: ['option', 'sasrec', 'bert4rec', 'values', 'decision', 'meaning'],
    rows: rows.map(({ option, default: { sasrec, bert4rec }, values, expected, decisions = [], meaning }) => [
      option,
      String(sasrec),
      String(bert4rec),
      values?.join(', ') ?? expected ?? '',
      decisions.join(', '),
      meaning,
    ]),
  })}\n`;
}

/** Asks the check of `option` with a value that is none of its own. */
function allowed(
  options: RecommenderOptions,
  option: keyof typeof MEANINGS,
): Pick<OptionRow, 'values' | 'expected'> {
  const kind = typeof options[option];
  if (kind === 'boolean') return { values: [false, true] };
  const refusal = refusalOf({ ...options, [option]: kind === 'number' ? NaN : '' });
  const words = / Known: (.+)$/.exec(refusal ?? '')?.[1];
  if (words !== undefined) return { values: words.split(', ') };
  return { expected: /: expected (?:an? )?(.+), got /.exec(refusal ?? '')?.[1] ?? kind };
}

function refusalOf(options: RecommenderOptions): string | undefined {
  try {
    recommenderOptions(options);
    return undefined;
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}
