/** Training curves: loss and validation NDCG@10 by epoch, one line a model. */
import type { JSONObject } from '../notebook/format';
import { plainText, type Figure } from './figure';
import { axis, layout, seriesStyle } from './theme';

export interface TrainingCurve {
  /** What is trained: "random table". */
  readonly label: string;
  /** The dataset it is trained on. */
  readonly domain: string;
  /** Mean training loss (null where not finite) and validation NDCG@10, as a share of 1. */
  readonly epochs: readonly { readonly epoch: number; readonly loss: number | null; readonly validation: number }[];
}

export function trainingCurves(curves: readonly TrainingCurve[]): Figure {
  const domains = [...new Set(curves.map(({ domain }) => domain))].join(', ');
  const dtick = wholeStep(Math.max(...curves.map(({ epochs }) => epochs.length)));
  return {
    id: `training-curves-${domains.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`,
    alt: altText(curves, domains),
    data: curves.flatMap((curve, n) => [trace(curve, n, 'loss'), trace(curve, n, 'validation')]),
    layout: layout({
      title: { text: plainText(domains), x: 0, xref: 'paper', font: { size: 15 } },
      margin: { l: 64, r: 24, t: 48, b: 96 },
      xaxis: axis('epoch', { domain: [0, 0.44], dtick }),
      yaxis: axis('training loss'),
      xaxis2: axis('epoch', { domain: [0.56, 1], anchor: 'y2', dtick }),
      yaxis2: axis('validation NDCG@10 (%)', { anchor: 'x2' }),
    }),
  };
}

function trace({ label, epochs }: TrainingCurve, n: number, panel: 'loss' | 'validation'): JSONObject {
  const { color, dash, symbol } = seriesStyle(n);
  const axes: JSONObject = panel === 'loss' ? {} : { xaxis: 'x2', yaxis: 'y2' };
  return {
    type: 'scatter',
    mode: 'lines+markers',
    name: plainText(label),
    legendgroup: label,
    showlegend: panel === 'loss',
    x: epochs.map(({ epoch }) => epoch),
    y: epochs.map(({ loss, validation }) => (panel === 'loss' ? loss : 100 * validation)),
    line: { color, dash, width: 2 },
    marker: { color, symbol, size: 6 },
    hovertemplate: `${plainText(label)}<br>epoch %{x}: %{y:.4~f}<extra></extra>`,
    ...axes,
  };
}

/** Epochs between two ticks: a round whole number that gives at most eight ticks. */
function wholeStep(epochs: number): number {
  const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500];
  return steps.find((step) => epochs / step <= 8) ?? 1000;
}

function altText(curves: readonly TrainingCurve[], domains: string): string {
  const best = curves.map(({ label, epochs }) => `${label} ${(100 * Math.max(...epochs.map(({ validation }) => validation))).toFixed(1)} %`);
  return `Training loss and validation NDCG@10 by epoch on ${domains}. Best validation NDCG@10: ${best.join(', ')}.`;
}
