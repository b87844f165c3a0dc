/** The options that say which profile, on which data, and the session that is opened with them. */
import type { Command } from 'commander';
import { PROFILE_NAMES } from '../experiments/profiles';
import type { OpenOptions } from '../experiments/openProfile';
import { InputError } from '../errors';
import { givenData, givenModel, profileSetOption } from './options';
import { addReaderOptions, readerOptions, type ReaderOptions } from './readerOptions';

export interface ProfileOptions extends ReaderOptions {
  profile: string;
  set: string[];
  data?: string;
  model?: string;
  interactions?: string;
  items?: string;
}

export function addProfileOptions(command: Command): Command {
  command
    .option('--profile <name>', `size and data of the experiment: ${PROFILE_NAMES.join(', ')}`, 'mini')
    .addOption(profileSetOption())
    .addOption(givenData())
    .addOption(givenModel())
    .option(
      '--interactions <path>',
      'profiles real and paper: your own data instead of --data, a file of interactions or a folder that ' +
        'has one',
    )
    .option('--items <file>', 'the items of your own data, if they are not beside the interactions');
  return addReaderOptions(command);
}

/** What a session is opened with. @throws InputError for options that mean nothing without --interactions. */
export function givenProfile(options: ProfileOptions): OpenOptions {
  const { profile, set, data, model, interactions, items } = options;
  if (interactions === undefined && items !== undefined)
    throw new InputError('--items', 'expected --interactions as well');
  const reading = readerOptions(options, interactions === undefined ? 'none' : 'own');
  return { profile, set, data, model, interactions, items, reading };
}
