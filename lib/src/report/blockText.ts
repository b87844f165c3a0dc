/** A piece of the report as plain text, for a terminal; paperRepro.ts has it as Markdown. Pure. */
import { comparisonText } from './display/comparisonTable';
import { visible } from './display/escape';
import { glanceText } from './display/glance';
import { tableText } from './display/table';
import type { Block } from './block';

export function blockText(block: Block): string {
  if ('heading' in block) return `${visible(block.heading)}\n${'-'.repeat(block.heading.length)}`;
  if ('text' in block) return visible(block.text);
  if ('list' in block) return listText(block);
  if ('table' in block) return tableText(block.table);
  if ('figure' in block) return `${visible(block.caption)} (figures/${block.figure.id}.svg)`;
  if ('picture' in block) return `${visible(block.caption)} (figures/${block.picture.id}.svg)`;
  if ('glance' in block) return glanceText(block.glance);
  const { comparison } = block;
  const notes = comparison.notes.map((note) => `- ${visible(note)}`);
  return [comparisonText(comparison), ...notes].join('\n');
}

function listText({ intro, list }: Extract<Block, { list: unknown }>): string {
  return [...(intro === '' ? [] : [intro]), ...list.map((item) => `- ${item}`)].map(visible).join('\n');
}
