/**
 * The notebooks that belong to the report, in their order. Other notebooks in the folder are neither run nor
 * checked.
 */
import { join } from 'node:path';
import type { Profile } from '../experiments/profiles';
import { folders } from '../project';
import { has, hasFigure1, simulated, type Condition } from './conditions';

interface ReportNotebook {
  /** Name of the file, without ".ipynb". */
  readonly name: string;
  /** Section of the paper, for `elephant report --section`. */
  readonly section?: string;
  /** True if the profile has what the notebook shows. Without it the notebook always runs. */
  readonly within?: Condition;
}

const hasTour: Condition = (profile) =>
  has('table3')(profile) && profile.equalScales.length > 0 && simulated(profile);

export const NOTEBOOKS: readonly ReportNotebook[] = [
  { name: '00-tour', within: hasTour },
  { name: '01-sasrec-by-hand' },
  { name: '02-losses-and-ranking' },
  { name: '03-0-words-to-vectors', within: simulated },
  { name: '03-1-background', section: '3.1', within: simulated },
  { name: '03-2-attention', section: '3.2', within: hasFigure1 },
  { name: '03-3-redundancy', section: '3.3', within: has('table1') },
  { name: '04-1-initialiser', section: '4.1', within: simulated },
  { name: '04-2-settings', section: '4.2', within: simulated },
  { name: '04-3-main-results', section: '4.3', within: has('table3') },
  {
    name: '04-4-full-ranking',
    section: '4.4',
    within: (profile) => has('table4')(profile) && simulated(profile),
  },
  { name: '04-5-cooperation', section: '4.5', within: has('table5') },
  { name: '04-6-pretraining-size', section: '4.6', within: has('figure2') },
  { name: '05-conclusion', section: '5' },
  { name: '06-when-it-helps', within: simulated },
  { name: 'A-engine' },
];

/** Sections of the paper that a notebook is about. */
export const SECTIONS: readonly string[] = NOTEBOOKS.flatMap(({ section }) => section ?? []);

/** The files of all of them, whether they exist or not. */
export function notebookFiles(): string[] {
  return NOTEBOOKS.map(fileOf);
}

export interface ChosenNotebooks {
  readonly files: readonly string[];
  /** Names of notebooks that the profile has no results for. */
  readonly leftOut: readonly string[];
}

/**
 * The notebooks (all, or those of some sections) that a profile has results for, and the names of the others.
 */
export function notebooksOf(profile: Profile, sections?: readonly string[]): ChosenNotebooks {
  const chosen = NOTEBOOKS.filter(
    ({ section }) => sections === undefined || (section !== undefined && sections.includes(section)),
  );
  const runs = ({ within }: ReportNotebook): boolean => within?.(profile) ?? true;
  return {
    files: chosen.filter(runs).map(fileOf),
    leftOut: chosen.filter((notebook) => !runs(notebook)).map(({ name }) => name),
  };
}

function fileOf({ name }: ReportNotebook): string {
  return join(folders.notebooks, `${name}.ipynb`);
}
