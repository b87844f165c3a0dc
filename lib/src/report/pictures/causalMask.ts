/** The causal mask: at each item of a history, the items that attention may read. */
import { picture, rectangle, words, type Picture } from './picture';

const CELL = 46;
const LEFT = 214;
const TOP = 78;

/**
 * The picture of the mask. `items`: names of a short history, oldest first; the last one is only predicted.
 */
export function causalMask(items: readonly string[] = ['comb', 'soap', 'towel', 'brush', 'mirror']): Picture {
  const read = items.slice(0, -1);
  const middle = LEFT + (read.length * CELL) / 2;
  const inWords = (_: string, i: number): string =>
    `To predict ${items[i + 1]} the model reads ${read.slice(0, i + 1).join(', ')}`;
  return picture({
    id: 'causal-mask',
    alt:
      `The causal mask of the history ${items.join(', ')}. ` +
      `${read.map(inWords).join('. ')}. ` +
      'No later item is read.',
    height: TOP + read.length * CELL + 40,
    shapes: [
      words([middle, 26], 'may read', { bold: true, anchor: 'middle' }),
      words([LEFT - 12, TOP - 14], 'to predict', { bold: true, anchor: 'end' }),
      ...read.map((item, j) =>
        words([LEFT + (j + 0.5) * CELL, TOP - 14], item, { anchor: 'middle', size: 13 }),
      ),
      ...read.flatMap((item, i) => [
        words([LEFT - 12, TOP + (i + 0.5) * CELL + 5], `${items[i + 1]}, after ${item}`, { anchor: 'end' }),
        ...read.map((_, j) => square(i, j)),
      ]),
      rectangle({ x: LEFT, y: TOP + read.length * CELL + 14, width: 14, height: 14 }, 'given'),
      words([LEFT + 20, TOP + read.length * CELL + 26], 'read', { size: 13 }),
      words([LEFT + 74, TOP + read.length * CELL + 26], '– masked: still to come', { size: 13 }),
    ],
  });
}

/** Row i predicts item i + 1 and reads the items 0 to i. */
function square(i: number, j: number): string {
  const box = { x: LEFT + j * CELL + 2, y: TOP + i * CELL + 2, width: CELL - 4, height: CELL - 4 };
  if (j <= i) return rectangle(box, 'given', 4);
  const dash = words([box.x + box.width / 2, box.y + box.height / 2 + 5], '–', {
    anchor: 'middle',
    tone: 'soft',
  });
  return rectangle(box, 'plain', 4) + dash;
}
