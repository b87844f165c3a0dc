/**
 * A small picture of an engine's graph: inputs on the left, each operator to the right of what it reads,
 * outputs on the right.
 */
import type { Graph, Value } from '../../engine/graph';
import { FEED, NEXT, PARAM, STEP_INPUT } from '../../engine/traceProgram';
import type { JSONObject } from '../../jupyter/notebook/format';
import { plainText, type Figure } from './figure';
import { layout, seriesStyle } from './theme';

interface Place {
  readonly label: string;
  readonly kind: 'input' | 'operator' | 'output';
  readonly from: readonly Place[];
  readonly column: number;
}

const KINDS = {
  input: { name: 'inputs', series: 4 },
  operator: { name: 'operators', series: 0 },
  output: { name: 'outputs', series: 1 },
} as const;
/** Larger graphs are a tangle, whatever the layout. */
const MOST_NODES = 80;
const ROW_HEIGHT = 46;

/**
 * A graph of `engineTour`: inputs on the left, outputs on the right. @throws RangeError for more than 80
 * operators.
 */
export function graph(source: Graph, title: string): Figure {
  if (source.nodes.length > MOST_NODES)
    throw new RangeError(
      `figures.graph: expected at most ${MOST_NODES} operators, got ${source.nodes.length}`,
    );
  const places = placesOf(source);
  const at = positions(places);
  const edges = places.flatMap((place) =>
    place.from.map((from) => [at.get(from) as number[], at.get(place) as number[]]),
  );
  const rows = Math.max(...[...at.values()].map(([, y]) => Math.abs(y))) * 2 + 1;
  const hidden = { visible: false, automargin: true } as const;
  const height = 110 + ROW_HEIGHT * rows;
  return {
    id: `graph-${title.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`,
    alt:
      `${title}: ${source.nodes.length} operators between ${source.inputs.size} inputs and ` +
      `${source.outputs.size} outputs. In order: ${source.nodes.map(({ op }) => op).join(', ')}.`,
    data: [
      {
        type: 'scatter',
        mode: 'lines',
        hoverinfo: 'skip',
        showlegend: false,
        line: { color: '#9a9a9a', width: 1 },
        x: edges.flatMap(([[x0], [x1]]) => [x0, x1, null]),
        y: edges.flatMap(([[, y0], [, y1]]) => [y0, y1, null]),
      },
      ...(['input', 'operator', 'output'] as const).map((kind) =>
        trace(
          places.filter((place) => place.kind === kind),
          at,
          kind,
        ),
      ),
    ],
    layout: layout({
      title: { text: plainText(title), x: 0, xref: 'paper', font: { size: 15 } },
      height,
      margin: { l: 44, r: 44, t: 48, b: 60 },
      legend: { orientation: 'h', x: 0, xanchor: 'left', y: -0.04, yanchor: 'top' },
      xaxis: { ...hidden, range: [-0.7, Math.max(...places.map(({ column }) => column)) + 0.7] },
      yaxis: { ...hidden, range: [-rows / 2, rows / 2 + 0.3] },
    }),
  };
}

function trace(
  places: readonly Place[],
  at: ReadonlyMap<Place, readonly number[]>,
  kind: Place['kind'],
): JSONObject {
  const { color, symbol } = seriesStyle(KINDS[kind].series);
  return {
    type: 'scatter',
    mode: 'markers+text',
    name: KINDS[kind].name,
    x: places.map((place) => (at.get(place) as number[])[0]),
    y: places.map((place) => (at.get(place) as number[])[1]),
    text: places.map(({ label }) => plainText(label)),
    textposition: 'top center',
    textfont: { size: 10 },
    hoverinfo: 'text',
    marker: { color, symbol, size: 9 },
  };
}

/**
 * Every input, operator and output that is connected, with its column: one right of the rightmost thing it
 * reads.
 */
function placesOf({ inputs, nodes, outputs }: Graph): Place[] {
  const makers = new Map<Value, Place>();
  const read = new Set([...nodes.flatMap((node) => node.inputs), ...outputs.values()]);
  for (const [label, value] of inputs)
    if (read.has(value)) makers.set(value, { label: named(label), kind: 'input', from: [], column: 0 });
  const places: Place[] = [...makers.values()];
  const made = (value: Value): Place[] => {
    const place = makers.get(value);
    return place === undefined ? [] : [place];
  };
  for (const node of nodes) {
    const from = [...new Set(node.inputs.flatMap(made))];
    const place: Place = {
      label: node.op,
      kind: 'operator',
      from,
      column: 1 + Math.max(0, ...from.map(({ column }) => column)),
    };
    for (const value of node.outputs) makers.set(value, place);
    places.push(place);
  }
  const last = 1 + Math.max(...places.map(({ column }) => column));
  for (const [label, value] of outputs)
    places.push({ label: named(label), kind: 'output', from: made(value), column: last });
  return places;
}

/** The engine's names of inputs and outputs in words. */
function named(name: string): string {
  if (name === STEP_INPUT) return 'step';
  if (name.startsWith(NEXT)) return `new ${name.slice(NEXT.length)}`;
  return [PARAM, FEED].reduce(
    (rest, prefix) => (rest.startsWith(prefix) ? rest.slice(prefix.length) : rest),
    name,
  );
}

/**
 * x is the column; within a column places are in the order of what they read, centred, every other column
 * shifted so that labels do not meet.
 */
function positions(places: readonly Place[]): Map<Place, readonly number[]> {
  const at = new Map<Place, readonly number[]>();
  const columns = Math.max(...places.map(({ column }) => column));
  for (let column = 0; column <= columns; column++) {
    const members = places.filter((place) => place.column === column);
    const height = (place: Place): number =>
      place.from.length === 0
        ? 0
        : place.from.reduce((sum, from) => sum + (at.get(from)?.[1] ?? 0), 0) / place.from.length;
    const order = members
      .map((place, i) => ({ place, i, y: height(place) }))
      .sort((a, b) => b.y - a.y || a.i - b.i);
    const shift = column % 2 === 0 ? 0 : 0.4;
    order.forEach(({ place }, i) => at.set(place, [column, (order.length - 1) / 2 - i + shift]));
  }
  return at;
}
