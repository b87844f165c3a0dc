/**
 * How the language stages learnt, epoch by epoch: LF's loss, PT's contrastive accuracy, and validation
 * NDCG@10 of both stages of fine-tuning, one line per domain. FT2 continues from FT1's best epoch, so its
 * line begins there.
 */
import type { LearningCurve, LearningStep } from '../../experiments/views/languageLearning';
import type { JSONObject } from '../../jupyter/notebook/format';
import { plainText, type Figure } from './figure';
import { usersLine } from './hover';
import { axis, INK, layout, modeOf, seriesStyle, titled, wholeStep } from './theme';

interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly scale: number;
  readonly of: (stage: string) => boolean;
}

const PANELS: readonly Panel[] = [
  { title: 'LF: loss (nats per masked token)', unit: '', scale: 1, of: (stage) => stage === 'LF' },
  { title: 'PT: contrastive accuracy (%)', unit: ' %', scale: 100, of: (stage) => stage.startsWith('PT') },
  { title: 'FT: validation NDCG@10 (%)', unit: ' %', scale: 100, of: (stage) => stage.startsWith('FT, ') },
];

const GAP = 0.11;
const GRAY = '#777777';

/** True if the results have curves; those of older versions of the library do not. */
export function hasCurves(steps: readonly LearningStep[]): boolean {
  return steps.some(({ curves = [] }) => curves.length > 0);
}

/** How the language stages learnt by epoch, one panel each for LF, PT and FT. */
export function languageCurves(steps: readonly LearningStep[]): Figure {
  const panels = PANELS.map((panel) => ({
    ...panel,
    steps: steps.filter(({ stage, curves = [] }) => panel.of(stage) && curves.length > 0),
  })).filter(({ steps: own }) => own.length > 0);
  const width = (1 - GAP * (panels.length - 1)) / panels.length;
  const axes = Object.fromEntries(
    panels.flatMap(({ title, steps: own }, i): [string, JSONObject][] => {
      const n = i === 0 ? '' : String(i + 1);
      const left = i * (width + GAP);
      const longest = Math.max(...own.flatMap(learningLines).map(({ x }) => x[x.length - 1]));
      return [
        [
          `xaxis${n}`,
          axis('epoch', {
            domain: [left, left + width],
            anchor: `y${n}`,
            dtick: wholeStep(longest),
            range: [0.5, longest + 0.5],
          }),
        ],
        [`yaxis${n}`, axis(title, { anchor: `x${n}` })],
      ];
    }),
  );
  const nothing = {
    text: 'These results hold no curves.',
    showarrow: false,
    x: 0.5,
    y: 0.5,
    xref: 'paper',
    yref: 'paper',
  };
  return {
    id: 'language-curves',
    alt: altText(panels),
    data: panels.flatMap((panel, i) =>
      panel.steps.flatMap((step, n) =>
        traces(panel, step, n).map((trace) => ({
          ...trace,
          xaxis: `x${i === 0 ? '' : i + 1}`,
          yaxis: `y${i === 0 ? '' : i + 1}`,
        })),
      ),
    ),
    layout: layout({
      ...(panels.length === 0 ? {} : titled(plainText(finding(steps)))),
      ...axes,
      ...(panels.length === 0 && {
        annotations: [nothing],
        xaxis: { visible: false },
        yaxis: { visible: false },
      }),
    }),
  };
}

/** "PT finds 55 % of pairs, by chance 6 %; FT gains 7.0 points on average, first to best epoch". */
function finding(steps: readonly LearningStep[]): string {
  const [pretrained] = steps.filter(({ stage, first }) => stage === 'PT' && first !== undefined);
  const gains = steps.flatMap(({ stage, first, last }) =>
    stage.startsWith('FT, ') && first !== undefined && last !== undefined ? [100 * (last - first)] : [],
  );
  const words: string[] = [];
  if (pretrained?.last !== undefined && pretrained.chance !== undefined)
    words.push(
      `PT finds ${(100 * pretrained.last).toFixed(0)} % of pairs, ` +
        `by chance ${(100 * pretrained.chance).toFixed(0)} %`,
    );
  if (gains.length > 0) {
    const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
    words.push(
      `FT ${mean < 0 ? 'loses' : 'gains'} ${Math.abs(mean).toFixed(1)} points on average, ` +
        'first to best epoch',
    );
  }
  return words.join('; ');
}

interface Line extends LearningCurve {
  /** Epochs of all trainings of the stage, one after the other. */
  readonly x: number[];
}

/** The trainings of a stage, with the epochs at which they are drawn. */
export function learningLines({ curves = [] }: LearningStep): Line[] {
  const before = (curve: LearningCurve): number =>
    curve.name === 'FT2' ? (curves.find(({ name }) => name === 'FT1')?.kept ?? 0) : 0;
  return curves.map((curve) => ({
    ...curve,
    x: curve.values.map((_, i) => before(curve) + curve.first + i),
  }));
}

/**
 * A line a training, that of FT2 thin and its markers hollow; a larger marker at the epoch whose weights were
 * kept; what a model that learnt nothing would have.
 */
function traces({ scale, unit }: Panel, step: LearningStep, n: number): JSONObject[] {
  const own = learningLines(step);
  const label = step.stage.replace(/^FT, /, '');
  const tuned = step.stage !== label;
  // Of pre-training: both accuracies, the one within a domain dashed.
  const { color, dash, symbol } = tuned ? seriesStyle(n) : { ...seriesStyle(n), color: INK };
  const common = { type: 'scatter', name: plainText(label), legendgroup: label };
  const kept = own.filter((line) => line.kept > 0).at(-1);
  const at = kept === undefined ? -1 : kept.kept - kept.first;
  return [
    ...own.map(({ name, x, values, first }): JSONObject => ({
      ...common,
      mode: modeOf(values.length),
      showlegend: tuned && name === 'FT1',
      x,
      y: values.map((value) => scale * value),
      line: { color, dash, width: name === 'FT2' ? 1 : 2 },
      marker: { color, symbol: name === 'FT2' ? `${symbol}-open` : symbol, size: 6 },
      customdata: values.map((_, i) => first + i),
      hovertemplate:
        `${plainText(tuned ? `${label}, ${name}` : label)}<br>epoch %{customdata}: ` +
        `${[`%{y:.4~f}${unit}`, ...usersLine(step.users)].join('<br>')}<extra></extra>`,
    })),
    ...(kept === undefined
      ? []
      : [
          {
            ...common,
            mode: 'markers',
            showlegend: false,
            x: [kept.x[at]],
            y: [scale * kept.values[at]],
            marker: { color, symbol, size: 10 },
            hoverinfo: 'skip',
          },
        ]),
    ...(step.chance === undefined ? [] : [chance(scale * step.chance, own, step.stage)]),
  ];
}

function chance(value: number, own: readonly Line[], stage: string): JSONObject {
  const last = Math.max(...own.flatMap(({ x }) => x));
  return {
    type: 'scatter',
    mode: 'lines',
    name: 'chance',
    legendgroup: 'chance',
    showlegend: stage === 'PT',
    x: [0.5, last + 0.5],
    y: [value, value],
    line: { color: GRAY, dash: 'dot', width: 2 },
    hovertemplate: 'chance: %{y:.4~f}<extra></extra>',
  };
}

function altText(
  panels: readonly { title: string; scale: number; unit: string; steps: readonly LearningStep[] }[],
): string {
  if (panels.length === 0) return 'No curves of the language stages: these results hold none.';
  const said = panels.map(
    ({ title, scale, unit, steps }) =>
      `${title.replace(' (%)', '')}: ${steps
        .map(({ stage, first, last }) => {
          const [from, to] = [first, last].map((value) =>
            (scale * (value ?? NaN)).toFixed(scale === 1 ? 2 : 1),
          );
          return `${/^(FT|PT), /.test(stage) ? `${stage.slice(4)} ` : ''}${from}${unit} to ${to}${unit}`;
        })
        .join(', ')}`,
  );
  return `How the language stages learnt by epoch, from the first to the best. ${said.join('. ')}.`;
}
