/** The tables of the profile of real data, beside a report of simulated data. */
import type { Block } from '../block';
import { beatenModels } from '../display/competence';
import type { Part } from './part';
import { textAndScale } from './textAndScale';

export const realPart: Part = {
  name: 'real',
  section: '4.3',
  blocks: async (session, others) => {
    const real = others.find(({ profile }) => profile.given !== undefined);
    if (session.profile.given !== undefined || real === undefined) return [];
    const own = `profile ${real.profile.name}`;
    const all = await real.table3AllItems();
    const scales = real.profile.equalScales.length > 0;
    const tables = [
      await real.table2(),
      await real.table3(),
      { ...all, notes: [...beatenModels(all), ...all.notes] },
      ...(scales ? [await real.equalScales()] : []),
    ];
    return [
      { heading: `On Amazon reviews (${own})` },
      { text: 'The same tables on the reviews of real products, with a published language model.' },
      ...tables.map((table): Block => ({
        comparison: { ...table, title: `${table.title} (${own})` },
        under: true,
      })),
      ...(scales ? [await textAndScale(real, `, ${own}`)] : []),
    ];
  },
};
