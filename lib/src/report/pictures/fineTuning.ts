/** The two stages of fine-tuning: FT1 encodes the items again before each epoch, FT2 keeps the best table. */
import { arrow, labelled, picture, words, type Box, type Picture } from './picture';

const WIDTH = 216;
const HEIGHT = 52;
const LEFT = [16, 300] as const;
const TOP = [66, 152, 238, 338] as const;

/** The picture of both stages. */
export function fineTuning(): Picture {
  const box = (column: 0 | 1, row: number): Box => ({
    x: LEFT[column],
    y: TOP[row],
    width: WIDTH,
    height: HEIGHT,
  });
  const down = (column: 0 | 1, row: number): string => {
    const x = LEFT[column] + WIDTH / 2;
    return arrow([x, TOP[row] + HEIGHT], [x, TOP[row + 1]]);
  };
  /** The path from the last step of an epoch back to its first, outside the boxes. */
  const again = (column: 0 | 1, row: number): string => {
    const x = LEFT[column] + WIDTH;
    const [from, to] = [TOP[2] + HEIGHT / 2, TOP[row] + HEIGHT / 2];
    return arrow([x, from], [x + 22, from], [x + 22, to], [x, to]);
  };
  return picture({
    id: 'fine-tuning',
    alt:
      'Fine-tuning in two stages. FT1, each epoch: encode all items with the present weights, train one ' +
      'epoch against that table, validate and keep the best weights and table. The best table is the FT ' +
      'table. FT2 starts from the best epoch of FT1 and holds its table fixed; each epoch it trains and ' +
      'validates. The best weights of both stages are RECFORMER.',
    height: 404,
    shapes: [
      words([LEFT[0], 30], 'FT1: the table follows', { bold: true, size: 15 }),
      words([LEFT[0], 50], 'from the weights of PT', { size: 13 }),
      words([LEFT[1], 30], 'FT2: the table stands still', { bold: true, size: 15 }),
      words([LEFT[1], 50], 'from the best epoch of FT1', { size: 13 }),
      labelled(box(0, 0), 'trained', ['encode all items', 'a new table every epoch']),
      labelled(box(0, 1), 'trained', ['train one epoch', 'against that table']),
      labelled(box(0, 2), 'plain', ['validate', 'keep the best weights, table']),
      labelled(box(0, 3), 'given', ['FT table', 'for SASRec and BERT4Rec']),
      labelled(box(1, 0), 'given', ['take the best table', 'held fixed from here on']),
      labelled(box(1, 1), 'trained', ['train one epoch', 'against that table']),
      labelled(box(1, 2), 'plain', ['validate', 'keep the best weights']),
      labelled(box(1, 3), 'given', ['RECFORMER', 'best weights of FT1 and FT2']),
      ...[0, 1, 2].flatMap((row) => [down(0, row), down(1, row)]),
      again(0, 0),
      again(1, 1),
    ],
  });
}
