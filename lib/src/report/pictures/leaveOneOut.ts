/** Leave-one-out: which items train, validate and test, and what the test item is ranked among. */
import { arrow, picture, rectangle, words, type Kind, type Picture, type Point } from './picture';

const CELL = 40;
const LEFT = 28;
const TRAINED = 5;
const SMALL = 12;

/** The picture of split and ranking. */
export function leaveOneOut(): Picture {
  const kinds: readonly Kind[] = [...Array<Kind>(TRAINED).fill('given'), 'trained', 'target'];
  const x = (place: number): number => LEFT + place * (CELL + 6);
  const target = x(TRAINED + 1) + CELL / 2;
  return picture({
    id: 'leave-one-out',
    alt:
      'The history of one user, oldest item first. The last item is kept for the test, the one before ' +
      'it for validation, all earlier ones are trained on. The test item is then ranked twice: among 100 ' +
      'drawn items that the user never had, and among all items of the catalogue.',
    height: 338,
    shapes: [
      words([LEFT, 28], 'the history of one user, oldest item first', { bold: true }),
      ...kinds.map((kind, i) => rectangle({ x: x(i), y: 44, width: CELL, height: CELL }, kind, 5)),
      words([LEFT, 104], 'train', { size: 13 }),
      words([x(TRAINED) + CELL / 2, 104], 'validate', { size: 13, anchor: 'middle' }),
      words([target, 104], 'test', { size: 13, anchor: 'middle' }),
      arrow([target, 112], [target, 136], [LEFT + SMALL / 2, 136], [LEFT + SMALL / 2, 190]),
      words([LEFT + 20, 158], 'the test item is ranked twice', { bold: true }),
      words([LEFT + 20, 184], 'sampled: against 100 drawn items that the user never had', { size: 13 }),
      ...strip([LEFT, 194], 30),
      words([LEFT, 236], 'This is easier: most of what competes is absent.', {
        size: 13,
      }),
      words([LEFT, 266], 'full: against all items of the catalogue', { size: 13 }),
      ...strip([LEFT, 276], 30, 2),
      words([LEFT, 326], 'This is what a shop has to do.', { size: 13 }),
    ],
  });
}

/** The target and many others, as small squares. */
function strip([left, top]: Point, columns: number, rows = 1): string[] {
  return Array.from({ length: rows * columns }, (_, i) =>
    rectangle(
      {
        x: left + (i % columns) * (SMALL + 5),
        y: top + Math.floor(i / columns) * (SMALL + 5),
        width: SMALL,
        height: SMALL,
      },
      i === 0 ? 'target' : 'plain',
    ),
  );
}
