/** A small matrix as coloured squares with its numbers in them, for a computation in a notebook. */
import { idOf } from './chart';
import { plainText, type Figure } from './figure';
import { axis, layout, titled } from './theme';

/** A matrix and the names of its rows and columns, which may repeat. */
export interface Matrix {
  readonly title: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** By row; null leaves a square empty: what is masked. */
  readonly values: readonly (readonly (number | null)[])[];
  /** Decimals of the numbers, 2 by default. */
  readonly decimals?: number;
}

const ROW_HEIGHT = 46;
const COLUMN_WIDTH = 84;

/** The matrix as a figure; its alternative text has all numbers. */
export function matrix({ title, rows, columns, values, decimals = 2 }: Matrix): Figure {
  const line = (row: readonly (number | null)[]): string =>
    row.map((value, j) => `${columns[j]} ${value === null ? 'masked' : value.toFixed(decimals)}`).join(', ');
  return {
    id: idOf(title),
    alt: `${title}. ${rows.map((row, i) => `${row}: ${line(values[i])}`).join('. ')}.`,
    data: [
      {
        type: 'heatmap',
        z: values.map((row) => [...row]),
        x: columns.map((_, j) => j),
        y: rows.map((_, i) => i),
        text: values.map((row) => row.map((value) => (value === null ? '' : value.toFixed(decimals)))),
        texttemplate: '%{text}',
        hoverinfo: 'skip',
        colorscale: [
          [0, '#f2f7fb'],
          [1, '#7cbce4'],
        ],
        textfont: { color: '#222222', size: 14 },
        showscale: false,
        xgap: 3,
        ygap: 3,
      },
    ],
    layout: layout({
      ...titled(plainText(title)),
      width: Math.max(420, 190 + COLUMN_WIDTH * columns.length),
      height: 110 + ROW_HEIGHT * rows.length,
      margin: { l: 24, r: 24, t: 78, b: 20 },
      xaxis: axis('', { ...named(columns), side: 'top' }),
      yaxis: axis('', { ...named(rows), autorange: 'reversed' }),
    }),
  };
}

/** Places are numbers, so that a name may occur twice. */
function named(names: readonly string[]) {
  return {
    tickvals: names.map((_, i) => i),
    ticktext: names.map(plainText),
    showgrid: false,
    showline: false,
    ticks: '',
  };
}
