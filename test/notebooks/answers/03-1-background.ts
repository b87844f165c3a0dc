import { expect } from 'vitest';
import { simulateDomain } from '../../../lib/src/data/simulation';
import { exampleOf } from '../../../lib/src/experiments/views/inputExample';
import { sizesOf } from '../../../lib/src/experiments/views/modelSizes';
import { RECFORMER_BASE } from '../../../lib/src/models/encoder/config';
import { INPUT_LIMITS, type Tokenizer } from '../../../lib/src/text';
import type { Answer } from './answer';

/** A token a letter is enough to see what a limit cuts. */
const letters = {
  encode: (text: string) => [...text].map((c) => c.codePointAt(0) as number),
  tokens: [],
  special: { cls: 0 },
} as unknown as Tokenizer;

export const answers: readonly Answer[] = [
  async (session) => {
    const { tokens } = await session.inputExample('Pantry', 1);
    const firsts = tokens.filter(
      ({ itemPosition }, i) => i > 0 && itemPosition !== tokens[i - 1].itemPosition,
    );
    expect(firsts.length).toBeGreaterThan(1);
    expect(new Set(firsts.map(({ type }) => type))).toEqual(new Set(['attribute name']));
  },
  () => {
    const dataset = simulateDomain('Pantry', { size: 'mini' });
    const read = (maxTokens: number) => exampleOf(dataset, letters, { ...INPUT_LIMITS, maxTokens }, 0);
    const [long, short] = [read(1000), read(40)];
    expect(short.tokens).toEqual(long.tokens.slice(0, 40));
    expect(short.tokens.at(-1)?.itemPosition).toBeLessThan(long.tokens.at(-1)?.itemPosition as number);
  },
  () => {
    const [small, large] = [sizesOf(RECFORMER_BASE, 100), sizesOf(RECFORMER_BASE, 200)];
    const growing = small.filter(({ ours }, i) => ours !== large[i].ours).map(({ part }) => part);
    expect(growing).toEqual(['SASRec: item table, Pantry']);
  },
];
