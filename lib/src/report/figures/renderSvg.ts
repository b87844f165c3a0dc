/**
 * Draws a figure as a static SVG file without a browser: Plotly in jsdom, with the one thing that jsdom
 * lacks, the size of drawn text, from textMetrics.ts. Equal figures give equal bytes on every machine.
 */
import { readFileSync } from 'node:fs';
import { createCanvas, type Canvas } from '@napi-rs/canvas';
import { JSDOM, type DOMWindow } from 'jsdom';
import { escapeXml } from '../display/escape';
import type { Figure } from './figure';
import { textWidth } from './textMetrics';
import type { JSONObject } from '../../jupyter/notebook/format';

type PlotlyWindow = DOMWindow & {
  Math: { random: () => number };
  Plotly: {
    toImage(
      figure: { data: JSONObject[]; layout: JSONObject },
      options: { format: 'svg'; imageDataOnly: boolean },
    ): Promise<string>;
  };
};

let window: PlotlyWindow | undefined;

/** The figure as SVG text, with its alternative text as title. */
export async function renderSvg(figure: Figure): Promise<string> {
  window ??= openWindow();
  window.Math.random = pseudoRandom();
  // Plotly writes into what it is given.
  const { data, layout: given } = structuredClone({ data: figure.data, layout: figure.layout });
  // A menu is of no use in a picture.
  const { updatemenus: _, ...layout } = given;
  const svg = await window.Plotly.toImage({ data, layout }, { format: 'svg', imageDataOnly: true });
  const title = `<title>${escapeXml(figure.alt)}</title>`;
  const drawn = rounded(fitted(svg, window));
  return `${drawn.replace(/^<svg([^>]*)>/, (_, attributes) => `<svg${attributes} role="img">${title}`)}\n`;
}

/**
 * Tells each text how long it is to be. A reader whose fonts are wider or narrower than ours then sees the
 * letters squeezed or spread a little, never a label that runs into another.
 */
function fitted(svg: string, { DOMParser, XMLSerializer }: PlotlyWindow): string {
  const document = new DOMParser().parseFromString(svg, 'image/svg+xml');
  for (const text of Array.from(document.querySelectorAll('text'))) {
    const lines = Array.from(text.querySelectorAll('tspan.line'));
    for (const line of lines.length > 0 ? lines : [text]) {
      const words = line.textContent ?? '';
      if (words.length < 2) continue;
      line.setAttribute(
        'textLength',
        String(
          textWidth(
            words,
            inherited(text, 'font-size', DEFAULT_FONT_SIZE),
            inherited(text, 'font-weight', 400) >= 600,
          ),
        ),
      );
      line.setAttribute('lengthAdjust', 'spacingAndGlyphs');
    }
  }
  return new XMLSerializer().serializeToString(document);
}

function openWindow(): PlotlyWindow {
  const { window: dom } = new JSDOM('<!doctype html><body></body>', {
    runScripts: 'outside-only',
    pretendToBeVisual: true,
  });
  dom.URL.createObjectURL = () => '';
  giveCanvas(dom.HTMLCanvasElement.prototype);
  dom.SVGElement.prototype.getBoundingClientRect = function (this: SVGElement): DOMRect {
    const { left, top, right, bottom } = boxOf(this) ?? { left: 0, top: 0, right: 0, bottom: 0 };
    const box = { x: left, y: top, left, top, right, bottom, width: right - left, height: bottom - top };
    return { ...box, toJSON: () => box };
  };
  const plotly = readFileSync(require.resolve('plotly.js-dist/plotly.min.js'), 'utf8');
  dom.eval(plotly);
  return dom as PlotlyWindow;
}

/**
 * Heat maps are pictures inside the SVG: Plotly paints them on a canvas, which jsdom has the element of but
 * not the paint.
 */
function giveCanvas(prototype: HTMLCanvasElement): void {
  const painted = new WeakMap<HTMLCanvasElement, Canvas>();
  const canvasOf = (element: HTMLCanvasElement): Canvas => {
    let canvas = painted.get(element);
    if (canvas === undefined || canvas.width !== element.width || canvas.height !== element.height) {
      painted.set(element, (canvas = createCanvas(element.width, element.height)));
    }
    return canvas;
  };
  prototype.getContext = function (this: HTMLCanvasElement, kind: string) {
    return kind === '2d' ? canvasOf(this).getContext('2d') : null;
  } as never;
  prototype.toDataURL = function (this: HTMLCanvasElement) {
    return canvasOf(this).toDataURL('image/png');
  };
}

/**
 * Plotly names its parts at random; equal seeds name them equally (a linear congruential generator, Numerical
 * Recipes).
 */
function pseudoRandom(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * The last digits of a coordinate depend on the machine's mathematics library; a hundredth of a pixel nobody
 * sees. Words between the tags are left alone: a label may say 0.003.
 */
function rounded(svg: string): string {
  return svg.replace(/>[^<]+<|-?\d+\.\d{3,}(?![\d%])/g, (found) =>
    found.startsWith('>') ? found : String(Number(Number(found).toFixed(2))),
  );
}

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

const LINE_HEIGHT = 1.3;
const ASCENT = 0.93;
const DEFAULT_FONT_SIZE = 12;

/** The box of what an element draws, text only, with its own and its descendants' transforms. */
function boxOf(element: Element): Box | undefined {
  const boxes =
    element.tagName === 'text'
      ? [textBox(element)]
      : Array.from(element.children).flatMap((child) => boxOf(child) ?? []);
  const union = boxes.reduce<Box | undefined>(
    (all, box) => (all === undefined ? box : merge(all, box)),
    undefined,
  );
  return union === undefined ? undefined : transformed(union, element.getAttribute('transform') ?? '');
}

function textBox(text: Element): Box {
  const fontSize = inherited(text, 'font-size', DEFAULT_FONT_SIZE);
  const bold = inherited(text, 'font-weight', 400) >= 600;
  const lines = Array.from(text.querySelectorAll('tspan.line'), (line) => line.textContent ?? '');
  if (lines.length === 0) lines.push(text.textContent ?? '');
  const width = Math.max(...lines.map((line) => textWidth(line, fontSize, bold)));
  const textAnchor = (text as SVGElement).style.textAnchor || text.getAttribute('text-anchor') || 'start';
  const anchor = { middle: 0.5, end: 1 }[textAnchor] ?? 0;
  const left = Number(text.getAttribute('x') ?? 0) - anchor * width;
  const top = Number(text.getAttribute('y') ?? 0) - ASCENT * fontSize;
  return { left, top, right: left + width, bottom: top + lines.length * LINE_HEIGHT * fontSize };
}

function inherited(element: Element, property: string, otherwise: number): number {
  for (let node: Element | null = element; node !== null; node = node.parentElement) {
    const value = parseFloat(
      (node as SVGElement).style?.getPropertyValue(property) || node.getAttribute(property) || '',
    );
    if (!Number.isNaN(value)) return value;
  }
  return otherwise;
}

function merge(a: Box, b: Box): Box {
  return {
    left: Math.min(a.left, b.left),
    top: Math.min(a.top, b.top),
    right: Math.max(a.right, b.right),
    bottom: Math.max(a.bottom, b.bottom),
  };
}

/** Applies SVG's translate(x,y) and rotate(degrees,x,y), the last one first. */
function transformed(box: Box, transform: string): Box {
  let corners = [
    [box.left, box.top],
    [box.right, box.top],
    [box.left, box.bottom],
    [box.right, box.bottom],
  ];
  for (const [, name, values] of [...transform.matchAll(/(translate|rotate)\(([^)]*)\)/g)].reverse()) {
    const [a, b = 0, c = 0] = values.split(/[\s,]+/).map(Number);
    if (name === 'translate') corners = corners.map(([x, y]) => [x + a, y + b]);
    else {
      const [sin, cos] = [Math.sin((a * Math.PI) / 180), Math.cos((a * Math.PI) / 180)];
      corners = corners.map(([x, y]) => [
        b + (x - b) * cos - (y - c) * sin,
        c + (x - b) * sin + (y - c) * cos,
      ]);
    }
  }
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}
