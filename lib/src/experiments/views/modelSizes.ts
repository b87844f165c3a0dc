/**
 * How many parameters each model learns, counted from the shapes of its weights: RECFORMER and SASRec at the
 * paper's size and at a profile's (method 15.1).
 */
import { RECFORMER_BASE, type EncoderConfig } from '../../models/encoder/config';
import { encoderShapes } from '../../models/encoder/parameters';
import { SASREC_DEFAULTS } from '../../models/sasrec/options';
import { sasrecBody } from '../../models/sasrec/parameters';
import { createRandom } from '../../random';
import { loadDataset } from '../stages/storedDataset';
import { loadModel } from '../stages/storedModel';
import { shownDomain } from './itemRows';
import { view } from './view';

export interface ModelSize {
  readonly part: string;
  /** Numbers in the paper's models. */
  readonly paper: number;
  /** Numbers in the profile's models. */
  readonly ours: number;
}

/** Of the paper's Pantry (Table 2). */
const PANTRY_ITEMS = 8_249;

export const modelSizes = view('modelSizes', {
  args: (_, domain: string = 'Pantry') => [domain] as const,
  kept: (profile, ask) => shownDomain(profile).map((domain) => ask(domain)),
  of: (experiment, domain) => {
    const [model, dataset] = [experiment.lf(), experiment.dataset(domain)];
    return {
      nodes: [model, dataset],
      make: (read) => sizesOf(loadModel(read(model)).config, loadDataset(read(dataset)).items),
    };
  },
});

/**
 * `config` is the profile's language model, `items` the size of the catalogue whose item table is counted.
 */
export function sizesOf(config: EncoderConfig, items: number): ModelSize[] {
  const [paper, ours] = [encoderParts(RECFORMER_BASE), encoderParts(config)];
  const [paperSasrec, ourSasrec] = [
    sasrecParts(SASREC_DEFAULTS.dim, PANTRY_ITEMS),
    sasrecParts(config.hidden, items),
  ];
  return [
    ...Object.keys(paper).map((part) => ({
      part: `RECFORMER: ${part}`,
      paper: paper[part],
      ours: ours[part],
    })),
    ...Object.keys(paperSasrec).map((part) => ({
      part: `SASRec: ${part}`,
      paper: paperSasrec[part],
      ours: ourSasrec[part],
    })),
  ];
}

function encoderParts(config: EncoderConfig): Record<string, number> {
  const sizes = Object.entries(encoderShapes(config)).map(([name, shape]) => [name, size(shape)] as const);
  const sum = (test: (name: string) => boolean): number =>
    sizes.reduce((total, [name, count]) => total + (test(name) ? count : 0), 0);
  return {
    words: sum((name) => name === 'embeddings/words'),
    'positions, token types, item positions': sum(
      (name) => name.startsWith('embeddings/') && name !== 'embeddings/words',
    ),
    'one layer': sum((name) => name.startsWith('layer0/')),
    [`${config.layers} layers`]: sum((name) => name.startsWith('layer')),
    all: sum(() => true),
  };
}

function sasrecParts(dim: number, items: number): Record<string, number> {
  const body = Object.values(sasrecBody({ ...SASREC_DEFAULTS, dim, items }, createRandom(1))).reduce(
    (sum, { shape }) => sum + size(shape),
    0,
  );
  return { 'all but the item table': body, 'item table, Pantry': dim * (items + 1) };
}

function size(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}
