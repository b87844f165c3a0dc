/** The parts of the report and the notebooks that `--only` and `--section` choose. */
import { unknownName } from '../errors';
import { SECTIONS } from './notebooks';
import { PARTS, type Part } from './parts';

export interface Choice {
  readonly parts: readonly Part[];
  /** Sections whose notebooks are run. */
  readonly sections: readonly string[];
}

/**
 * One part by its name, or all of a section of the paper. An unknown name is refused, with the nearest known
 * one.
 */
export function chooseParts({
  only,
  section,
}: {
  readonly only?: string;
  readonly section?: string;
}): Choice {
  if (section !== undefined) {
    if (!SECTIONS.includes(section)) throw unknownName('--section', 'section', section, SECTIONS);
    return { parts: PARTS.filter((part) => part.section === section), sections: [section] };
  }
  const parts = PARTS.filter(({ name }) => name === only);
  if (parts.length === 0)
    throw unknownName(
      '--only',
      'part',
      only ?? '',
      PARTS.map(({ name }) => name),
    );
  return { parts, sections: parts.flatMap((part) => part.section ?? []) };
}
