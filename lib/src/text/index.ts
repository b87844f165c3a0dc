/** What the text room offers to the rooms above it. */
export { type ItemTable, checkItemTable, withPaddingRow } from './itemTable';
export { lexicalTable } from './lexicalTable';
export { rescaledTable, sameSpectrumTable, whitenedTable } from './controlTables';
export { type Random, createRandom } from './random';
