/** The chain that every notebook is about: text -> LF -> PT -> FT -> item table -> recommender -> ranking. */
import { arrow, labelled, picture, words, type Box, type Kind, type Picture } from './picture';

const COLUMNS = [12, 152, 292, 432] as const;
const ROWS = [34, 168, 298] as const;
const CELL = { width: 116, height: 66 } as const;
/** The item table and the recommender are below two states of the language model. */
const WIDE = { width: COLUMNS[2] + CELL.width - COLUMNS[1], height: CELL.height };

const cell = (column: number, row: number): Box => ({ x: COLUMNS[column], y: ROWS[row], ...CELL });

interface Place {
  readonly box: Box;
  readonly kind: Kind;
  readonly lines: readonly string[];
}

const PLACES = {
  text: { box: cell(0, 0), kind: 'plain', lines: ['text', 'plain sentences'] },
  LF: { box: cell(1, 0), kind: 'given', lines: ['LF', 'has read text'] },
  PT: { box: cell(2, 0), kind: 'given', lines: ['PT', 'and behaviour', 'in many domains'] },
  FT: { box: cell(3, 0), kind: 'given', lines: ['FT', 'and behaviour', 'in this domain'] },
  random: { box: cell(0, 1), kind: 'trained', lines: ['or random', 'vectors'] },
  table: {
    box: { x: COLUMNS[1], y: ROWS[1], ...WIDE },
    kind: 'given',
    lines: ['item table', 'one vector per item'],
  },
  recformer: { box: cell(3, 1), kind: 'given', lines: ['RECFORMER', 'FT by itself'] },
  history: { box: cell(0, 2), kind: 'plain', lines: ['history', 'of a user'] },
  recommender: {
    box: { x: COLUMNS[1], y: ROWS[2], ...WIDE },
    kind: 'trained',
    lines: ['recommender', 'SASRec or BERT4Rec'],
  },
  ranking: { box: cell(3, 2), kind: 'target', lines: ['ranking', 'of all items'] },
} satisfies Record<string, Place>;

/** A box of the picture. */
export type ChainPlace = keyof typeof PLACES;

/** The picture of the whole method. `here`: boxes that are marked "you are here". */
export function chain(...here: readonly ChainPlace[]): Picture {
  const [first, second, third] = ROWS.map((y) => y + CELL.height / 2);
  const [below, above] = [ROWS[0] + CELL.height, ROWS[1]];
  const across = (column: number, y: number): string =>
    arrow([COLUMNS[column] + CELL.width, y], [COLUMNS[column + 1], y]);
  const middle = COLUMNS[1] + WIDE.width / 2;
  return picture({
    id: here.length === 0 ? 'chain' : `chain-${here.join('-')}`,
    alt:
      'From text to a ranking. A language model reads text (LF), then behaviour in many domains (PT), ' +
      'then behaviour in this domain (FT). Each state can encode every item once, which gives an item ' +
      'table. A recommender starts from that table, or from random vectors, reads the history of a user, ' +
      'and ranks all items. RECFORMER is FT used as the recommender itself.' +
      (here.length === 0 ? '' : ` You are here: ${here.join(', ')}.`),
    height: 384,
    shapes: [
      across(0, first),
      across(1, first),
      across(2, first),
      arrow([COLUMNS[1] + 50, below], [COLUMNS[1] + 50, above]),
      arrow([COLUMNS[2] + 66, below], [COLUMNS[2] + 66, above]),
      arrow([COLUMNS[3] + 14, below], [COLUMNS[2] + 100, above]),
      arrow([COLUMNS[3] + 74, below], [COLUMNS[3] + 74, above]),
      words([middle, (below + above) / 2 + 5], 'encode each item once', {
        size: 13,
        anchor: 'middle',
      }),
      arrow([COLUMNS[0] + CELL.width, second], [COLUMNS[1], second]),
      arrow([middle, ROWS[1] + CELL.height], [middle, ROWS[2]]),
      words([middle + 10, ROWS[1] + CELL.height + 26], 'starts from it', {
        size: 13,
      }),
      arrow([COLUMNS[0] + CELL.width, third], [COLUMNS[1], third]),
      arrow([COLUMNS[1] + WIDE.width, third], [COLUMNS[3], third]),
      arrow([COLUMNS[3] + 74, ROWS[1] + CELL.height], [COLUMNS[3] + 74, ROWS[2]]),
      ...Object.values(PLACES).map(({ box, kind, lines }: Place) => labelled(box, kind, lines)),
      ...here.map((name) => marked(PLACES[name].box)),
    ],
  });
}

const BADGE = { width: 92, height: 19 };

/** A thick frame, and "you are here" above it. */
function marked({ x, y, width, height }: Box): string {
  const left = x + (width - BADGE.width) / 2;
  const top = y - BADGE.height - 3;
  return (
    `<rect class="here" x="${x}" y="${y}" width="${width}" height="${height}" rx="6"/>` +
    `<rect class="badge" x="${left}" y="${top}" width="${BADGE.width}" height="${BADGE.height}" rx="9"/>` +
    words([x + width / 2, top + 14], 'you are here', {
      size: 13,
      bold: true,
      anchor: 'middle',
      tone: 'onHere',
    })
  );
}
