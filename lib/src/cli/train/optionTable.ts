/**
 * `elephant train --options`: every option that `--set` takes, from the schema of the training's options.
 * Defaults are those of the command.
 */
import { tableText } from '../../report/display/table';
import { type OptionInfo, optionsOf } from '../../schema';
import { MODELS, type RecommenderOptions, recommenderSchema } from '../../training/recommender/options';
import type { Preset } from '../../training/recommender/presets';
import { defaultsOf, NOT_BY_SET } from './settings';

type Value = RecommenderOptions[keyof RecommenderOptions];

export interface OptionRow extends Omit<OptionInfo, 'key'> {
  option: keyof RecommenderOptions;
  default: Record<RecommenderOptions['model'], Value>;
}

/** Defaults are those of the preset `as`; without it, those of the command on data that are not one's own. */
export function optionRows(as?: Preset): OptionRow[] {
  const [sasrec, bert4rec] = MODELS.map((model) => defaultsOf(as, model));
  return optionsOf(recommenderSchema('sasrec'))
    .filter(({ key }) => !(NOT_BY_SET as readonly string[]).includes(key))
    .map(({ key, ...info }) => {
      const option = key as keyof RecommenderOptions;
      return { option, default: { sasrec: sasrec[option], bert4rec: bert4rec[option] }, ...info };
    });
}

export function optionTable(rows: readonly OptionRow[]): string {
  return `${tableText({
    columns: ['option', 'sasrec', 'bert4rec', 'values', 'decision', 'meaning'],
    rows: rows.map(({ option, default: { sasrec, bert4rec }, values, expected, decisions, meaning }) => [
      option,
      String(sasrec),
      String(bert4rec),
      values?.join(', ') ?? expected,
      decisions.join(', '),
      meaning,
    ]),
  })}\n`;
}
