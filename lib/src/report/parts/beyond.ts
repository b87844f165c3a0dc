/** What the paper leaves open: one loss, one scale, other tables, the oracle. */
import { COLD_COLUMNS } from '../../experiments/controls/coldItems';
import type { ComparisonTable } from '../../experiments/measured';
import type { Session } from '../../experiments/session';
import type { Block } from '../block';
import { coldItemsTable } from '../display/coldItemsTable';
import { fineTuned } from './fineTuned';
import type { Part } from './part';
import { textAndScale } from './textAndScale';

export const beyondPart: Part = {
  name: 'beyond',
  section: undefined,
  within: ({ beyond, equalScales }) => beyond.length > 0 || equalScales.length > 0,
  blocks: async (session) => {
    const { beyond, equalScales, domains, tables: shown } = session.profile;
    const tables = [
      ...(beyond.length > 0 ? [await session.oneLoss(), await session.controlTables()] : []),
      ...(equalScales.length > 0 ? [await session.equalScales()] : []),
      ...(beyond.length > 0 ? [await maskedBesideTable4(session)] : []),
    ];
    const shares =
      session.profile.given === undefined
        ? await Promise.all(session.profile.backbones.map((backbone) => session.shareOfOracle(backbone)))
        : [];
    const cold =
      beyond.length > 0 && shown.includes('table3')
        ? await Promise.all(domains.map((domain) => session.coldItems(domain, COLD_COLUMNS)))
        : [];
    return [
      { heading: 'Beyond the paper' },
      {
        text: 'What the paper leaves open: one loss, one scale, other tables, the oracle.',
      },
      ...[...tables, ...shares].map((comparison): Block => ({ comparison, under: true })),
      ...(equalScales.length > 0 && shown.includes('table3') ? [await textAndScale(session)] : []),
      ...(cold.length === 0 ? [] : [{ table: coldItemsTable(cold.flat()) }]),
    ];
  },
};

/** Full ranking without the history's items; its note compares it with Table 4. */
async function maskedBesideTable4(session: Session): Promise<ComparisonTable> {
  const masked = await session.historyMasked();
  const full = session.profile.tables.includes('table4') ? fineTuned(await session.table4()) : [];
  const beside = full.map((sentence) => `With them, in Table 4: ${sentence}`);
  return { ...masked, notes: [...fineTuned(masked), ...beside, ...masked.notes] };
}
