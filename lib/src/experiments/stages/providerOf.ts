/** The provider that a stage's engine is opened with. */
import { deviceOf } from '../../engine/providers/device';
import type { ProviderName } from '../../engine/types';
import { InputError } from '../../errors';
import type { StageContext } from '../../pipeline/stage';

/** @throws InputError on a machine with another device than the one that the stage's key names. */
export function providerOf({ device }: Pick<StageContext, 'device'>): ProviderName {
  if (device === undefined) return 'cpu';
  const { provider, name } = device;
  const here = deviceOf(provider)?.name;
  if (here !== name)
    throw new InputError(
      `provider ${provider}`,
      `expected the device "${name}", which the stage's key names, got "${here}"`,
      'Start the run on this machine, or one with the other device',
    );
  return provider;
}
