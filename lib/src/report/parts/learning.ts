/** Whether the language models learnt enough to say something about the paper. */
import { competence } from '../display/competence';
import { learningTable } from '../display/learningTable';
import { languageCurves } from '../figures';
import { hasCurves } from '../figures/languageCurves';
import type { Part } from './part';

export const learningPart: Part = {
  name: 'learning',
  section: undefined,
  blocks: async (session) => {
    const steps = await session.languageLearning();
    const caption =
      'How the language stages learnt, epoch by epoch. Thin, with hollow markers: the second stage ' +
      'of fine-tuning, which continues from the best epoch of the first. Large: the epoch whose ' +
      'weights were kept.';
    const tables = session.profile.tables.includes('table3')
      ? await Promise.all(session.profile.backbones.map((backbone) => session.table3(backbone)))
      : [];
    const allItems = session.profile.tables.includes('table4') ? await session.table4() : undefined;
    const words = tables.length === 0 ? [] : competence(tables, allItems);
    return [
      { heading: 'Did the language models learn?' },
      ...(words.length === 0 ? [] : [{ text: words.join(' ') }]),
      { table: learningTable(steps) },
      ...(hasCurves(steps) ? [{ figure: languageCurves(steps), caption }] : []),
    ];
  },
};
