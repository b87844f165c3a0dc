/**
 * The curves of running stages, from their progress messages: "epoch 3 of 5, loss 6.123". A stage whose
 * messages have no number has no curve.
 */
import type { RunStatus } from '../../pipeline/runState';
import { lineChart } from './lineChart';

/** The end of a training's message, and its value. */
const MEASURE = /(?:^|, )(loss|best validation NDCG@10) (\d+\.\d+)$/;

interface StageCurve {
  readonly label: string;
  measure: string;
  /** Values by the finished share of the stage, in percent. */
  readonly values: Map<number, number>;
}

export class StageCurves {
  private curves: StageCurve[] = [];
  private shown: StageCurve | undefined;

  take(running: RunStatus['running']): void {
    this.curves = running.map(
      ({ label }) =>
        this.curves.find((curve) => curve.label === label) ?? { label, measure: '', values: new Map() },
    );
    for (const [i, { share, message }] of running.entries()) {
      const [, measure, value] = MEASURE.exec(message) ?? [];
      if (measure === undefined) continue;
      const curve = this.curves[i];
      curve.measure = measure;
      curve.values.set(Math.round(100 * share), Number(value));
    }
    this.shown = this.curves.find(({ values }) => values.size > 0) ?? this.shown;
  }

  /**
   * The curve of the first running stage that has one. Otherwise the last curve stays, so that the cell does
   * not jump. Empty before the first.
   */
  svg(): string {
    if (this.shown === undefined) return '';
    const { label, measure, values } = this.shown;
    const points = [...values].sort(([a], [b]) => a - b);
    const last = points[points.length - 1][1];
    return lineChart({
      title: label,
      note: `last: ${last}`,
      alt: `${label}: ${measure} so far, last ${last}`,
      panels: [{ y: measure, x: 'share of the training (%)', points, range: [0, 100] }],
    });
  }
}
