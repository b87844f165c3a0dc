/**
 * What the key of each kind of stage covers, in the compiled library as users run it: the code that computes
 * its result, and nothing whose change would make stored results invalid for no reason.
 */
import { relative, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { kinds } from '../../lib/dist/experiments/stages/kinds';
import { reachable } from '../../lib/dist/pipeline/codeHash';

const dist = resolve(__dirname, '../../lib/dist');
const covered = Object.values(kinds).map(({ name, file }) => ({
  name,
  files: reachable(file).files.map((path) => relative(dist, path).replaceAll('\\', '/')),
}));

/** What a stage computes with: no command, report, view, figure, table, profile or list of stages. */
const COMPUTES = /^(data|engine|evaluation|models|text|training|experiments\/stages)\/.+\.js$/;
/** Small helpers at the root: messages, files that are read or being written, telemetry, order of work. */
const HELPERS = new RegExp(
  '^(asides|errors|inTurn|interruption|privacy|project|random|readableFile|schema|tell|(process|write)\\w+)' +
    '\\.js$',
);

/** What else of the experiments a kind computes with. */
const ALSO: Record<string, RegExp> = {
  /** Its result is the verdicts on the claims, beside the paper's numbers. */
  scoreboard: /^experiments\/(claims\/.+|measured|paper|tableProtocol)\.js$/,
  /** Name of the tensor that released models share, and what to do if a file does not fit. */
  releasedModel: /^experiments\/releasedFile\.js$/,
};

/** Folders that a stage uses as a whole. Another index would bring in all that its room offers. */
const WHOLE = [
  'engine/passes',
  'engine/trace/kernels',
  'experiments/claims',
  'models/bert4rec',
  'models/sasrec',
  'training/losses',
  'training/recommender/models',
];

it.each(covered)('the key of $name covers what computes it', ({ name, files }) => {
  expect(files).toContain(`experiments/stages/${name}.js`);
  expect(files.filter((file) => ![COMPUTES, HELPERS, ALSO[name]].some((known) => known?.test(file)))).toEqual(
    [],
  );
});

it.each(covered)('the key of $name covers no index of a room', ({ files }) => {
  const indexes = files.filter((file) => file.endsWith('/index.js'));
  expect(indexes.filter((file) => !WHOLE.includes(file.replace('/index.js', '')))).toEqual([]);
});

it('no key covers code that only compares, estimates or starts other processes', () => {
  const files = new Set(covered.flatMap((kind) => kind.files));
  for (const file of [
    'estimate',
    'learningRateGrid',
    'programCost',
    'published',
    'recommend',
    'trainInParallel',
  ])
    expect([...files].filter((path) => path.endsWith(`/${file}.js`))).toEqual([]);
  console.log(`files in the key: ${covered.map(({ name, files }) => `${name} ${files.length}`).join(', ')}`);
});
