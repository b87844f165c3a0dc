/** A large training program for `bench engine --starts`, which compiles it without running it. */
import { adamW, clipByGlobalNorm } from '../../lib/src/engine/optimizers';
import { RECFORMER_BASE } from '../../lib/src/models/encoder/config';
import { encoderShapes, languageHeadShapes } from '../../lib/src/models/encoder/parameters';
import { pretrainingProgram } from '../../lib/src/training/language/pretrainingProgram';
import type { StepJob } from './compiledStep';

/** Masked-token training of a Longformer, rows long enough for its banded attention. Weights are zeros. */
export function longformerStart(
  hidden: number,
  vocabulary: number,
  layers = 12,
): Pick<StepJob, 'name' | 'program' | 'parameters'> {
  const config = {
    ...RECFORMER_BASE,
    layers,
    hidden,
    intermediate: 4 * hidden,
    vocabulary,
    tokenTypes: 1,
    itemPositions: 0,
  };
  const shape = { rows: 4, rowLength: 512, slots: 4, labels: 320, pairs: 0 };
  const shapes = Object.entries({ ...encoderShapes(config), ...languageHeadShapes(config) });
  return {
    name:
      `Longformer of ${layers} layers d${hidden} V${vocabulary}, ${shape.rows} x ${shape.rowLength} ` +
      'tokens',
    program: pretrainingProgram(config, shape, {
      optimizer: clipByGlobalNorm(adamW({ learningRate: 1e-4 }), 1),
      trainable: () => true,
    }),
    parameters: () =>
      Object.fromEntries(
        shapes.map(([name, size]) => [
          name,
          {
            shape: [...size],
            dtype: 'float32' as const,
            data: new Float32Array(size.reduce((a, b) => a * b, 1)),
          },
        ]),
      ),
  };
}
