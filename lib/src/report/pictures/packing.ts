/** Packing: several short histories in one row, none of which sees another. */
import { packRows, padRows, planPositions, type RowPlan } from '../../data/packing';
import { picture, rectangle, words, type Box, type Kind, type Picture } from './picture';

const CELL = 28;
/** Distance from one row to the next. */
const ROW = CELL + 6;
const TOP = 64;
const LEFT = 28;
const KINDS: readonly Kind[] = ['given', 'trained', 'target', 'plain'];
const LETTERS = 'ABCD';

/** The picture of padded and packed rows, of at most four histories with these `lengths`. */
export function packing(lengths: readonly number[] = [5, 3, 2, 6], rowLength = 8): Picture {
  const padded = padRows(lengths, rowLength);
  const packed = packRows(lengths, rowLength, (rows) => rows);
  const right = LEFT + (rowLength + 1) * CELL + 20;
  const used = padded.used;
  const share = (plan: RowPlan): string => `${used} of ${plan.rows * rowLength} places hold an item`;
  return picture({
    id: 'packing',
    alt:
      `${lengths.length} histories of ${lengths.join(', ')} items. Padded, one to a row, ${share(padded)}. ` +
      `Packed, several to a row, ${share(packed)}. A mask keeps each history to itself, so the result is ` +
      'the same.',
    height: TOP + lengths.length * ROW + 44,
    shapes: [
      words([LEFT, 28], 'padded: one history per row', { bold: true }),
      words([LEFT, 48], share(padded), { size: 13 }),
      ...rows(padded, LEFT),
      words([right, 28], 'packed: several per row', { bold: true }),
      words([right, 48], share(packed), { size: 13 }),
      ...rows(packed, right),
      words(
        [LEFT, TOP + lengths.length * ROW + 24],
        'A letter is a user. Attention reads within a letter, never across.',
        {
          size: 13,
        },
      ),
    ],
  });
}

function rows(plan: RowPlan, left: number): string[] {
  const { rowLength } = plan;
  return Array.from(planPositions(plan, rowLength).segment, (history, i) => {
    const [x, y] = [left + (i % rowLength) * CELL, TOP + Math.floor(i / rowLength) * ROW];
    const box = { x, y, width: CELL, height: CELL };
    if (history === 0) return emptyPlace(box);
    const letter = words([x + CELL / 2, y + CELL / 2 + 5], LETTERS[history - 1], {
      anchor: 'middle',
      tone: 'ink',
    });
    return rectangle(box, KINDS[history - 1]) + letter;
  });
}

function emptyPlace({ x, y, width, height }: Box): string {
  return `<rect class="line" x="${x}" y="${y}" width="${width}" height="${height}" stroke-dasharray="2 3"/>`;
}
