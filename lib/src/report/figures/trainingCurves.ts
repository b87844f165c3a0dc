/**
 * Training curves: loss and validation NDCG@10 by epoch, one line a model; the epoch with the best validation
 * is marked. With curves of several domains a menu chooses the domain.
 */
import type { JSONObject } from '../../jupyter/notebook/format';
import { withChoice } from './choice';
import { plainText, type Figure } from './figure';
import { usersLine } from './hover';
import { axis, layout, modeOf, seriesStyle, wholeStep, titled } from './theme';

/** The epochs of one training. */
export interface TrainingCurve {
  /** What is trained: "random table". */
  readonly label: string;
  /** The dataset it is trained on. */
  readonly domain: string;
  /** Mean training loss (null if not finite) and validation NDCG@10, as a share of 1. */
  readonly epochs: readonly {
    readonly epoch: number;
    readonly loss: number | null;
    readonly validation: number;
  }[];
  /** How many users validation ranks. */
  readonly users?: number;
}

/**
 * Loss and validation NDCG@10 by epoch, a line per training; the best epoch is marked. A menu chooses among
 * several domains.
 */
export function trainingCurves(curves: readonly TrainingCurve[]): Figure {
  const labels = [...new Set(curves.map(({ label }) => label))];
  const domains = [...new Set(curves.map(({ domain }) => domain))];
  return withChoice(
    domains.map((domain) => ({
      label: plainText(domain),
      figure: curvesOn(
        domain,
        // An empty line in the place of a training that a domain does not have.
        labels.map(
          (label) =>
            curves.find((curve) => curve.label === label && curve.domain === domain) ?? {
              label,
              domain,
              epochs: [],
            },
        ),
      ),
    })),
  );
}

function curvesOn(domain: string, curves: readonly TrainingCurve[]): Figure {
  const longest = Math.max(...curves.map(({ epochs }) => epochs.length));
  const dtick = wholeStep(longest);
  const mode = modeOf(longest);
  return {
    id: `training-curves-${domain.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`,
    alt: altText(curves, domain),
    data: [
      ...curves.flatMap((curve, n) => PANELS.map((panel) => line(curve, n, panel, mode))),
      ...curves.flatMap((curve, n) => PANELS.map((panel) => best(curve, n, panel))),
    ],
    layout: layout({
      ...titled(plainText(`${domain}: ${finding(curves)}`)),
      xaxis: axis('epoch', { domain: [0, 0.44], dtick }),
      yaxis: axis('training loss'),
      xaxis2: axis('epoch', { domain: [0.56, 1], anchor: 'y2', dtick }),
      yaxis2: axis('validation NDCG@10 (%)', { anchor: 'x2' }),
    }),
  };
}

/** "highest validation NDCG@10 37.0 %, trainable.FT after epoch 12". */
function finding(curves: readonly TrainingCurve[]): string {
  const kept = curves.flatMap(({ label, epochs }) =>
    epochs.map(({ epoch, validation }) => ({ label, epoch, validation })),
  );
  const [first, ...others] = kept;
  const best = others.reduce((a, b) => (b.validation > a.validation ? b : a), first);
  const percent = (100 * best.validation).toFixed(1);
  return `highest validation NDCG@10 ${percent} %, ${best.label} after epoch ${best.epoch}`;
}

const PANELS = ['loss', 'validation'] as const;
type Panel = (typeof PANELS)[number];

function line(curve: TrainingCurve, n: number, panel: Panel, mode: ReturnType<typeof modeOf>): JSONObject {
  const { color, dash, symbol } = seriesStyle(n);
  return {
    ...points(curve, curve.epochs, panel),
    mode,
    showlegend: panel === 'loss',
    line: { color, dash, width: 2 },
    marker: { color, symbol, size: 6 },
    hovertemplate:
      panel === 'loss'
        ? `${plainText(curve.label)}<br>epoch %{x}: loss %{y:.4~f}<extra></extra>`
        : `${plainText(curve.label)}<br>epoch %{x}: ` +
          `${['%{y:.2f} %', ...usersLine(curve.users)].join('<br>')}<extra></extra>`,
  };
}

/** A larger marker at the first epoch with the best validation, whose weights were kept. */
function best(curve: TrainingCurve, n: number, panel: Panel): JSONObject {
  const { color, symbol } = seriesStyle(n);
  const values = curve.epochs.map(({ validation }) => validation);
  const kept = values.indexOf(Math.max(...values));
  return {
    ...points(curve, curve.epochs.slice(kept, kept + 1), panel),
    mode: 'markers',
    showlegend: false,
    marker: { color, symbol, size: 9 },
    hoverinfo: 'skip',
  };
}

function points({ label }: TrainingCurve, epochs: TrainingCurve['epochs'], panel: Panel): JSONObject {
  return {
    type: 'scatter',
    name: plainText(label),
    legendgroup: label,
    x: epochs.map(({ epoch }) => epoch),
    y: epochs.map(({ loss, validation }) => (panel === 'loss' ? loss : 100 * validation)),
    ...(panel === 'loss' ? {} : { xaxis: 'x2', yaxis: 'y2' }),
  };
}

function altText(curves: readonly TrainingCurve[], domain: string): string {
  const bests = curves.flatMap(({ label, epochs }) =>
    epochs.length === 0
      ? []
      : [`${label} ${(100 * Math.max(...epochs.map(({ validation }) => validation))).toFixed(1)} %`],
  );
  return (
    `Training loss and validation NDCG@10 by epoch on ${domain}. Best validation NDCG@10, marked: ` +
    `${bests.join(', ')}.`
  );
}
