/** The options of `elephant report`, and which of them cannot be combined. */
import type { Precision, ProviderName } from '../engine/types';
import { InputError } from '../errors';
import type { ProfileOptions } from './givenProfile';

export interface ReportOptions extends ProfileOptions {
  provider: ProviderName;
  precision: Precision;
  workers: number;
  cellSeconds: number;
  only?: string;
  section?: string;
  fromResults?: string;
  notebooks: boolean;
  html?: string;
  slides?: string;
  check: boolean;
  json: boolean;
}

/** Refuses options if one of them would silently be ignored. */
export function rejectContradictions(
  { only, section, fromResults, notebooks, check, html, slides, interactions }: ReportOptions,
  given: (name: string) => boolean,
): void {
  const parts = only === undefined ? (section === undefined ? undefined : '--section') : '--only';
  if (only !== undefined && section !== undefined)
    throw new InputError('--section', 'cannot be combined with --only', 'Give one of them');
  if (parts !== undefined && check)
    throw new InputError('--check', `cannot be combined with ${parts}`, 'It compares the whole report');
  if (parts !== undefined && given('json'))
    throw new InputError(
      '--json',
      `cannot be combined with ${parts}`,
      'Standard output gets the text of the parts',
    );
  const handout = html === undefined ? (slides === undefined ? undefined : '--slides') : '--html';
  const other = check ? '--check' : parts;
  if (handout !== undefined && other !== undefined)
    throw new InputError(handout, `cannot be combined with ${other}`, 'It writes the whole report');
  if (interactions !== undefined && handout === undefined && parts === undefined)
    throw new InputError(
      '--interactions',
      'expected --html, --slides, --only or --section as well: paper-repro.md and the notebooks are the ' +
        "project's",
      'For example --html report.html',
    );
  if (notebooks && fromResults === undefined)
    throw new InputError(
      '--notebooks',
      'expected --from-results as well: a report that trains runs its notebooks anyway',
      'Leave it out, or add --from-results data/results/mini.json',
    );
  if (notebooks && (handout ?? other) !== undefined)
    throw new InputError(
      '--notebooks',
      `cannot be combined with ${handout ?? other}`,
      'That runs no notebook',
    );
  if (fromResults === undefined) return;
  if (parts !== undefined)
    throw new InputError(
      parts,
      'cannot be combined with --from-results',
      'A results file gives the whole report',
    );
  const ignored = ['profile', 'set', 'data', 'interactions', 'model', 'provider', 'precision'].find(given);
  if (ignored !== undefined)
    throw new InputError(
      `--${ignored}`,
      'cannot be combined with --from-results',
      'The results file says what it was made with',
    );
}
