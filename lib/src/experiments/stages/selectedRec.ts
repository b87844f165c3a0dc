/** Stage: REC as one protocol selects it, out of a fine-tuning that kept one by each (Table 4): its ranks and metrics, in the form of any tested model. */
import type { Protocol } from '../../evaluation';
import type { StageFunction } from '../stage';
import { selectedBy } from './selectedBy';

export interface SelectedRecConfig {
  protocol: Protocol;
}

export const run: StageFunction = async (config, inputs) => {
  const { protocol } = config as unknown as SelectedRecConfig;
  const { json, arrays } = selectedBy(inputs.finetune, protocol);
  const { test, tiedUsers } = json as unknown as { test: never; tiedUsers: never };
  return { json: { protocol, test, tiedUsers }, arrays: Object.fromEntries(Object.entries(arrays).filter(([name]) => name.startsWith('ranks/') || name === 'users' || name === 'targets')) };
};
