/** `--interactions` of the commands that take a profile: it is then on a user's own data. */
import type { Command } from 'commander';
import type { OpenOptions } from '../experiments/openProfile';
import { InputError } from '../errors';
import { addReaderOptions, readerOptions, type ReaderOptions } from './readerOptions';

export interface OwnDataOptions extends ReaderOptions {
  interactions?: string;
  items?: string;
}

export function addOwnDataOptions(command: Command): Command {
  command
    .option(
      '--interactions <path>',
      'profiles real and paper: your own data instead of --data, a file of interactions or a folder that ' +
        'has one',
    )
    .option('--items <file>', 'the items of your own data, if they are not beside the interactions');
  return addReaderOptions(command);
}

/** What a session is opened with. @throws InputError for options that mean nothing without --interactions. */
export function ownData(options: OwnDataOptions): Pick<OpenOptions, 'interactions' | 'items' | 'reading'> {
  const { interactions, items } = options;
  if (interactions === undefined && items !== undefined)
    throw new InputError('--items', 'expected --interactions as well');
  const reading = readerOptions(options, interactions === undefined ? 'none' : 'own');
  return { interactions, items, reading };
}
