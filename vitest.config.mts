import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The folders whose files take longest begin first, so that no long file is left alone at the end. */
const LONG = ['browser', 'parity', 'report', 'experiments', 'cli', 'bench'];

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = LONG.findIndex((folder) => moduleId.includes(`/test/${folder}/`));
      return at === -1 ? LONG.length : at;
    };
    return [...files].sort((a, b) => rank(a) - rank(b) || (a.moduleId < b.moduleId ? -1 : 1));
  }
}

/** Whole programs killed, resumed or run end to end: minutes of a core. `.ci/run` runs them. */
const slow = process.env.ELEPHANT_SLOW === '1';
if (!slow) console.log('slow tests (test/**/*.slow.test.ts) skipped, ELEPHANT_SLOW is not 1');

/** Files that replace modules, or that open a device: each has a process to itself. The others share two. */
const ALONE = [
  'test/engine/{deviceError,everyProvider,libtensorflow,webgpuLowering}.test.ts',
  'test/experiments/{scoreboardNode,webgpuStages}.test.ts',
  'test/parity/engine.test.ts',
  'test/pipeline/{codeHash,lock.slow}.test.ts',
  'test/report/handout.test.ts',
];
const SLOW = slow ? [] : ['test/**/*.slow.test.ts'];

/** A hang is told after this; the slowest single test takes a sixth of it on two cores. */
const TIMEOUT = 180_000;
/** Of both projects. They do not extend the whole configuration, or each would set up the run again. */
const both = { pool: 'forks', testTimeout: TIMEOUT, hookTimeout: TIMEOUT } as const;

export default defineConfig({
  test: {
    globalSetup: ['test/support/runFolder.ts'],
    // Vitest keeps a core to itself by default: on two cores it would run file after file.
    maxWorkers: '100%',
    sequence: { sequencer: LongFirst },
    projects: [
      {
        test: {
          ...both,
          name: 'together',
          include: ['test/**/*.test.ts'],
          exclude: [...ALONE, ...SLOW],
          isolate: false,
        },
      },
      { test: { ...both, name: 'alone', include: ALONE, exclude: SLOW } },
    ],
  },
});
