/** `bench engine --passes`: what each pass over the graph gains. */
import { expect, it } from 'vitest';
import { encoderShape } from '../../bench/engine/encoder';
import { encoderJob, transformerJob } from '../../bench/engine/jobs';
import { benchPasses, EVERYTHING, NOTHING } from '../../bench/engine/passes';
import { plainTransformerJob } from '../../bench/engine/plainTransformer';
import { PASSES } from '../../lib/src/engine/passes';

const tiny = { batch: 4, length: 5, dim: 8, items: 20 };
const small = { ...encoderShape(5, 3, 7, 10), dim: 8, heads: 2, layers: 2, vocabulary: 30 };

it('has a row for each pass, and leaving one out changes no loss', async () => {
  const jobs = [transformerJob(tiny), encoderJob(small), plainTransformerJob(tiny)];
  const rows = await benchPasses({ jobs, threads: 1, rounds: 1, builds: 1, resultsFolder: false });
  expect(rows.map(({ step, without }) => [step, without])).toEqual(
    jobs.flatMap(({ name }) =>
      [NOTHING, ...Object.keys(PASSES), EVERYTHING].map((without) => [name, without]),
    ),
  );
  for (const { loss, allLoss, nodes, allNodes, without, step, stepMs, allStepMs, gain } of rows) {
    expect(Math.abs(loss - allLoss), `${step} without ${without}`).toBeLessThan(1e-4 * allLoss);
    expect(gain).toBe(stepMs / allStepMs); // One round: the median is the ratio itself.
    if (without === NOTHING) expect(nodes).toBe(allNodes);
    if (without === EVERYTHING) expect(nodes).toBeGreaterThan(allNodes);
  }
});
