/** What the paper's variants do to an item table and to the rest of the recommender, the body. */
import { labelled, picture, rectangle, words, type Kind, type Picture } from './picture';

type Part = 'fixed' | 'trained';

interface Treatment {
  readonly name: string;
  readonly from: string;
  /** The item tables, which are added if there are two. */
  readonly tables: readonly Part[];
  readonly body: Part;
}

const TREATMENTS: readonly Treatment[] = [
  { name: 'random start (SAS)', from: 'table: random numbers', tables: ['trained'], body: 'trained' },
  { name: 'freeze', from: "table: language model's", tables: ['fixed'], body: 'trained' },
  { name: 'trainable', from: "table: language model's", tables: ['trained'], body: 'trained' },
  { name: 'with ID', from: "language model's + random", tables: ['fixed', 'trained'], body: 'trained' },
  { name: 'further, Emb', from: 'both: from the freeze run', tables: ['trained'], body: 'fixed' },
  { name: 'further, All', from: 'both: from the freeze run', tables: ['trained'], body: 'trained' },
];

const PANEL = { width: 268, height: 142 };
const KINDS: Record<Part, Kind> = { fixed: 'given', trained: 'trained' };

/** The picture of all variants side by side. */
export function tableTreatments(): Picture {
  return picture({
    id: 'table-treatments',
    alt: `What is trained in each variant. ${TREATMENTS.map(inWords).join('. ')}.`,
    height: 10 + 3 * PANEL.height,
    shapes: TREATMENTS.flatMap((treatment, i) =>
      panel(treatment, 16 + (i % 2) * PANEL.width, 10 + Math.floor(i / 2) * PANEL.height),
    ),
  });
}

function inWords({ name, from, tables, body }: Treatment): string {
  const start = from.startsWith('table: ') || from.startsWith('both: ') ? from : `tables: ${from}`;
  return `${name}: ${start}; table ${tables.join(' plus table ')}, body ${body}`;
}

function panel({ name, from, tables, body }: Treatment, x: number, y: number): string[] {
  const tableY = y + 44;
  const width = 62;
  return [
    words([x, y + 20], name, { bold: true }),
    words([x, y + 38], from, { size: 13 }),
    ...tables.flatMap((part, i) => grid(x + i * (width + 20), tableY, part)),
    ...(tables.length > 1
      ? [words([x + width + 10, tableY + 36], '+', { anchor: 'middle', bold: true })]
      : []),
    labelled({ x: x + 168, y: tableY + 4, width: 76, height: 56 }, KINDS[body], ['body']),
    words([x + 206, tableY + 80], body, { size: 13, anchor: 'middle' }),
  ];
}

/** A table of five items. */
function grid(x: number, y: number, part: Part): string[] {
  const cells = Array.from({ length: 15 }, (_, i) =>
    rectangle(
      { x: x + (i % 3) * 20, y: y + 4 + Math.floor(i / 3) * 11.2, width: 20, height: 11.2 },
      KINDS[part],
    ),
  );
  return [...cells, words([x + 30, y + 80], part, { size: 13, anchor: 'middle' })];
}
