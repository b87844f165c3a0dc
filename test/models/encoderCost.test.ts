import { describe, expect, it } from 'vitest';
import { RECFORMER_BASE } from '../../lib/src/models/encoder/config';
import { describeCost, stageCost } from '../../lib/src/models/encoder/cost';
import { encoderShapes, languageHeadShapes } from '../../lib/src/models/encoder/parameters';

const count = (shapes: Record<string, readonly number[]>, filter = (_: string) => true) =>
  Object.entries(shapes)
    .filter(([name]) => filter(name))
    .reduce((sum, [, shape]) => sum + shape.reduce((a, b) => a * b, 1), 0);

describe('size and cost at paper scale (method 15)', () => {
  it('parameters: 148,110,336 in all, 8,859,648 a layer, 39,245,913 in the head', () => {
    const shapes = encoderShapes(RECFORMER_BASE);
    expect(count(shapes)).toBe(148_110_336);
    expect(count(shapes, (name) => name.startsWith('layer5/'))).toBe(8_859_648);
    expect(count(languageHeadShapes(RECFORMER_BASE))).toBe(39_245_913);
  });

  it('forward: 198.2 MFLOP of matrix products a token, 78.4 in the head', () => {
    const work = { tokens: 1000, labels: 0, training: false, rowLength: 64, batchTokens: 1000 };
    const forward = stageCost(RECFORMER_BASE, work).flop / 1000;
    const attention = 12 * 4 * 64 * 768;
    expect((forward - attention) / 1e6).toBeCloseTo(198.2, 1);
    const withHead = stageCost(RECFORMER_BASE, { ...work, labels: 1000 }).flop / 1000;
    expect((withHead - forward) / 1e6).toBeCloseTo(78.4, 1);
    expect(stageCost(RECFORMER_BASE, { ...work, training: true }).flop).toBe(3000 * forward);
  });

  it('is described in words', () => {
    expect(
      describeCost({ flop: 2.1e12, stateBytes: 300 * 2 ** 20, activationBytes: 40 * 2 ** 20 }, 53e9),
    ).toBe('2.10 TFLOP, 340 MiB, about 40 s at 53 GFLOP/s');
  });
});
