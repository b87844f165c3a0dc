/** The command line that computes all stages of a profile, for messages. */
import { PROFILE_NAMES, profile as namedProfile, type Profile } from './profiles';

export function runCommand({ device, precision, given, ...values }: Profile): string {
  const options = [
    `--profile ${values.name}`,
    ...(device === undefined ? [] : [`--provider ${device.provider}`]),
    ...(precision === undefined ? [] : [`--precision ${precision}`]),
    ...(given === undefined ? [] : ['<files as in this session>']),
    ...(overridden(values) ? ['--set <as in this session>'] : []),
  ];
  return `npx elephant run ${options.join(' ')}`;
}

/** A given model has a size of its own, which is in the profile's values. */
function overridden(values: Omit<Profile, 'device' | 'precision' | 'given'>): boolean {
  if (!PROFILE_NAMES.includes(values.name)) return true;
  const { device: _, given, ...named } = namedProfile(values.name);
  return given === undefined && JSON.stringify(values) !== JSON.stringify(named);
}
