/**
 * One figure in several versions, with a menu to choose from where a client draws Plotly. A file shows the
 * first. The versions have the same traces in the same order; what a choice changes is where the points lie,
 * what a pointer reads there, the titles, and ranges and ticks of axes.
 */
import type { JSONObject, JSONValue } from '../../jupyter/notebook/format';
import type { Figure } from './figure';
import { GRID } from './theme';

/** A version of a figure, to be chosen in its menu. */
export interface Version {
  /** In the menu. */
  readonly label: string;
  readonly figure: Figure;
}

/** Of a trace, by the names that Plotly's `restyle` takes. */
const CHANGED = ['x', 'y', 'z', 'text', 'customdata', 'hovertemplate', 'error_x', 'error_y'] as const;
/** Of an axis. */
const AXIS_PARTS = ['title', 'type', 'autorange', 'range', 'dtick', 'tickvals', 'ticktext'] as const;

/**
 * One figure with a menu that chooses among its versions; a file and a client without Plotly show the first.
 * @param versions with the same traces in the same order
 * @param below pixels from the top of the legend to the menu, for a legend so wide that a menu beside it
 *   would cover its end
 * @throws RangeError for versions with different numbers of traces.
 * @example
 * ```ts
 * import { figures, show } from 'elephant';
 * const version = (power: number) => ({
 *   label: `x to the power of ${power}`,
 *   figure: figures.chart({
 *     title: 'Powers', alt: 'They rise.', x: 'x', y: 'y',
 *     data: [{ x: [1, 2, 3], y: [1, 2, 3].map((x) => x ** power) }],
 *   }),
 * });
 * await show.figure(figures.withChoice([version(1), version(2)]));
 * ```
 */
export function withChoice(versions: readonly Version[], below = 6): Figure {
  const [{ figure }] = versions;
  const odd = versions.find((version) => version.figure.data.length !== figure.data.length);
  if (odd !== undefined)
    throw new RangeError(
      `choice "${odd.label}": expected ${figure.data.length} traces, got ${odd.figure.data.length}`,
    );
  if (versions.length === 1) return figure;
  const { y = -0.22 } = (figure.layout.legend ?? {}) as { y?: number };
  const changed = changedIn(versions.map((version) => version.figure));
  // Below the figure, at the right.
  const menu = {
    type: 'dropdown',
    direction: 'up',
    x: 1,
    xanchor: 'right',
    y,
    yanchor: 'top',
    pad: { t: below },
    // Read on any page, also while the pointer is on them.
    bgcolor: '#f4f4f4',
    bordercolor: GRID,
    font: { color: '#333333' },
    buttons: versions.map(({ label, figure: { data, layout } }) => ({
      label,
      method: 'update',
      args: [restyled(data, changed), relaid(layout)],
    })),
  };
  return { ...figure, layout: { ...figure.layout, updatemenus: [menu] } };
}

/** What differs between the versions. */
function changedIn(figures: readonly Figure[]): string[] {
  return CHANGED.filter((name) => {
    const texts = figures.map(({ data }) => JSON.stringify(data.map((trace) => trace[name])));
    return texts.some((text) => text !== texts[0]);
  });
}

/** A value for each trace; null removes what only another version has. */
function restyled(data: readonly JSONObject[], changed: readonly string[]): JSONObject {
  return Object.fromEntries(
    changed.map((name) => [name, data.map((trace): JSONValue => trace[name] ?? null)]),
  );
}

/** Titles, and an axis's kind and direction, which Plotly forgets when points change, its range and ticks. */
function relaid(layout: JSONObject): JSONObject {
  const axes = Object.entries(layout).filter(([name]) => /^[xy]axis\d*$/.test(name));
  return {
    ...(layout.title === undefined ? {} : { title: layout.title }),
    ...Object.fromEntries(
      axes.flatMap(([name, axis]) =>
        AXIS_PARTS.flatMap((part) => {
          const value = (axis as JSONObject)[part];
          return value === undefined ? [] : [[`${name}.${part}`, value]];
        }),
      ),
    ),
  };
}
