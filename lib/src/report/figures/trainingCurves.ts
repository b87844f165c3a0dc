/** Training curves: loss and validation NDCG@10 by epoch, one line a run; runs of one model share a style. */
import type { JSONObject } from '../notebook/format';
import { plainText, type Figure } from './figure';
import { axis, layout, seriesStyle } from './theme';

export interface TrainingCurve {
  /** What is trained: "random table". Runs with equal labels are seeds of one model. */
  readonly label: string;
  readonly seed: number;
  /** Mean training loss of each epoch. */
  readonly loss: readonly number[];
  /** Validation NDCG@10 after each epoch, as a share of 1. */
  readonly validation: readonly number[];
}

export function trainingCurves(curves: readonly TrainingCurve[], options: { title?: string } = {}): Figure {
  const labels = [...new Set(curves.map(({ label }) => label))];
  const data = (['loss', 'validation'] as const).flatMap((panel) => curves.map((curve, i) => trace(curve, panel, labels, curves.findIndex(({ label }) => label === curve.label) === i)));
  const title: JSONObject = options.title === undefined ? {} : { title: { text: plainText(options.title), x: 0, xref: 'paper', font: { size: 15 } }, margin: { l: 64, r: 24, t: 48, b: 96 } };
  return {
    id: 'training-curves',
    alt: altText(curves, labels, options.title),
    data,
    layout: layout({
      ...title,
      xaxis: axis('epoch', { domain: [0, 0.44] }),
      yaxis: axis('training loss'),
      xaxis2: axis('epoch', { domain: [0.56, 1], anchor: 'y2' }),
      yaxis2: axis('validation NDCG@10 (%)', { anchor: 'x2' }),
    }),
  };
}

function trace(curve: TrainingCurve, panel: 'loss' | 'validation', labels: readonly string[], first: boolean): JSONObject {
  const { color, dash } = seriesStyle(labels.indexOf(curve.label));
  const values = panel === 'loss' ? curve.loss : curve.validation.map((share) => 100 * share);
  const axes: JSONObject = panel === 'loss' ? {} : { xaxis: 'x2', yaxis: 'y2' };
  return {
    type: 'scatter',
    mode: 'lines',
    name: plainText(curve.label),
    legendgroup: curve.label,
    showlegend: first && panel === 'loss',
    x: values.map((_, epoch) => epoch + 1),
    y: [...values],
    line: { color, dash, width: 2 },
    hovertemplate: `${plainText(curve.label)}, seed ${curve.seed}<br>epoch %{x}: %{y:.4~f}<extra></extra>`,
    ...axes,
  };
}

function altText(curves: readonly TrainingCurve[], labels: readonly string[], title: string | undefined): string {
  const sentences = labels.map((label) => {
    const runs = curves.filter((curve) => curve.label === label);
    const best = runs.map(({ validation }) => 100 * Math.max(...validation));
    const mean = best.reduce((sum, value) => sum + value, 0) / best.length;
    return `${label}: ${runs.length} run${runs.length === 1 ? '' : 's'}, best validation NDCG@10 ${mean.toFixed(1)} % on average`;
  });
  return `Training loss and validation NDCG@10 by epoch${title === undefined ? '' : `, ${title}`}. ${sentences.join('; ')}.`;
}
