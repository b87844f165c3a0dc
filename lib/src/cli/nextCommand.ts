/** What to do if committed files do not match the results, with the command line to type. Pure. */
import type { Profile } from '../experiments/profiles';
import type { Mismatch } from '../report/checkReport';

export interface Checked {
  readonly profile: Profile;
  /** The results file that was given; undefined if the store was used. */
  readonly fromResults?: string;
  /** Overrides and folders as they were given. */
  readonly set?: readonly string[];
  readonly data?: string;
  readonly model?: string;
}

export function nextCommand(cause: Mismatch['cause'], checked: Checked): string {
  const { fromResults } = checked;
  const trains = fromResults === undefined;
  const report = trains
    ? reportCommand(checked)
    : `npx elephant report --from-results ${quoted(fromResults)} --notebooks`;
  if (cause === 'results') return `The results differ from those in the committed report. Next: ${report}`;
  if (cause === 'notebooks')
    return (
      `Report and figures match. Next: ${report}, which runs the notebooks; first mend cells that are ` +
      'too long or hold a path'
    );
  return (
    'The results are the same, but the code that renders them has changed. ' +
    `Next: ${report} (${trains ? 'the store has all results: nothing is trained' : 'nothing is trained'})`
  );
}

/** The report of this profile as a command line. */
export function reportCommand({ profile, set = [], data, model }: Checked): string {
  const options = [
    ...(profile.name === 'mini' ? [] : ['--profile', profile.name]),
    ...(profile.device === undefined ? [] : ['--provider', profile.device.provider]),
    ...(profile.precision === undefined ? [] : ['--precision', profile.precision]),
    ...(set.length === 0 ? [] : ['--set', ...set.map(quoted)]),
    ...(profile.given === undefined
      ? []
      : [
          '--data',
          data === undefined ? '<folder>' : quoted(data),
          '--model',
          model === undefined ? '<folder>' : quoted(model),
        ]),
  ];
  return ['npm run report', ...(options.length === 0 ? [] : ['--', ...options])].join(' ');
}

/** The word, quoted for a shell. */
function quoted(word: string): string {
  return /^[\w./:=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
