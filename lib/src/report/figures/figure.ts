/**
 * What a figure is: a Plotly specification, with words for those who cannot see it. Each figure is one pure
 * function (data -> Figure). JupyterLab's Plotly renderer draws it; for files, renderSvg.ts does.
 */
import { visible } from '../display/escape';
import type { JSONObject } from '../../jupyter/notebook/format';

/** A Plotly specification with an alternative text. */
export interface Figure {
  /** File name without extension: "training-curves". */
  readonly id: string;
  /** Alternative text: what is drawn and what it shows, in a sentence or two. */
  readonly alt: string;
  readonly data: JSONObject[];
  readonly layout: JSONObject;
}

/**
 * Words from outside (item titles, labels of users' own data) as Plotly text: shown as they are, never as the
 * mark-up (<b>, <a>) or the formula ($...$) that Plotly would make of them.
 */
export function plainText(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', $: '&#36;' };
  return visible(text).replace(/[&<>$]/g, (character) => entities[character]);
}
