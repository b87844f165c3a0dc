/**
 * `elephant train --options`: every option that `--set` takes, from the schema of the training's options.
 * Defaults are those of the command.
 */
import { tableText } from '../../report/display/table';
import type { OptionInfo } from '../../schema';
import { MODELS, RECOMMENDER_OPTIONS, type RecommenderOptions } from '../../training/recommender/options';
import type { Preset } from '../../training/recommender/presets';
import { defaultsOf, NOT_BY_SET } from './settings';

type Value = RecommenderOptions[keyof RecommenderOptions];

export interface OptionRow extends Omit<OptionInfo, 'key'> {
  option: keyof RecommenderOptions;
  default: Record<RecommenderOptions['model'], Value>;
}

/** Defaults are those of the preset `as`; without it, those of the command on data that are not one's own. */
export function optionRows(as?: Preset): OptionRow[] {
  const defaults = MODELS.map((model) => [model, defaultsOf(as, model)] as const);
  return RECOMMENDER_OPTIONS.filter(({ key }) => !(NOT_BY_SET as readonly string[]).includes(key)).map(
    ({ key, ...info }) => {
      const option = key as keyof RecommenderOptions;
      const byModel = Object.fromEntries(defaults.map(([model, values]) => [model, values[option]]));
      return { option, default: byModel as OptionRow['default'], ...info };
    },
  );
}

export function optionTable(rows: readonly OptionRow[]): string {
  return `${tableText({
    columns: ['option', ...MODELS, 'values', 'decision', 'meaning'],
    rows: rows.map(({ option, default: byModel, values, expected, decisions, meaning }) => [
      option,
      ...MODELS.map((model) => String(byModel[model])),
      values?.join(', ') ?? expected,
      decisions.join(', '),
      meaning,
    ]),
  })}\n`;
}
