/**
 * Stage: one REC of a fine-tuning that kept several: its ranks and metrics, in the form of any tested model.
 */
import type { Protocol } from '../../evaluation';
import type { StageFunction } from '../../pipeline/stage';
import type { FinetuneFacts, TiedTestFacts } from './finetuneFacts';
import { selectedBy, trainableRec } from './selectedBy';

export interface SelectedRecConfig {
  /** As this protocol selects it (Table 4), or the one whose item table was trained as well (Table 5). */
  rec: Protocol | 'trainable';
}

export interface SelectedRecFacts extends TiedTestFacts {
  rec: SelectedRecConfig['rec'];
}

export const run: StageFunction<SelectedRecConfig, SelectedRecFacts, { finetune: FinetuneFacts }> = async (
  { rec },
  inputs,
) => {
  const { json, arrays } =
    rec === 'trainable' ? trainableRec(inputs.finetune) : selectedBy(inputs.finetune, rec);
  const { test, tiedUsers } = json;
  return {
    json: { rec, test, tiedUsers },
    arrays: Object.fromEntries(
      Object.entries(arrays).filter(
        ([name]) => name.startsWith('ranks/') || name === 'users' || name === 'targets',
      ),
    ),
  };
};
