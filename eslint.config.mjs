/** Lint rules: likely mistakes, line width, which room may import from which. Prettier does the layout. */
import tseslint from 'typescript-eslint';

/**
 * The rooms of lib/src, from the lowest floor up. A room imports from rooms earlier in this list only, and
 * never from those named as out of bounds (docs/architecture.md).
 */
const ROOMS = [
  'data',
  'engine',
  'evaluation',
  'text',
  'models',
  'training',
  'pipeline',
  'jupyter',
  'experiments',
  'report',
  'cli',
];
const OUT_OF_BOUNDS = {
  data: [],
  engine: ['data'],
  evaluation: ['engine'],
  text: ['engine'],
  models: ['evaluation'],
  training: [],
  pipeline: ['data', 'evaluation', 'text', 'models'],
  jupyter: ['data', 'engine', 'evaluation', 'text', 'models', 'training'],
  experiments: ['jupyter'],
  report: [],
  cli: [],
};
const WIDTH = 110;

const ONNX_RUNTIME = {
  name: 'onnxruntime-node',
  message: 'Import engine/runtime/onnxRuntime, which turns the telemetry of ONNX Runtime off first.',
};

const layers = ROOMS.map((room, floor) => {
  const forbidden = [...ROOMS.slice(floor + 1), ...OUT_OF_BOUNDS[room]];
  const message = `${room} may not import from this room: see the floors in docs/architecture.md.`;
  return {
    files: [`lib/src/${room}/**/*.ts`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [ONNX_RUNTIME],
          patterns: [{ regex: `^(\\.\\./)+(${forbidden.join('|') || '-'})(/|$)`, message }],
        },
      ],
    },
  };
});

export default tseslint.config(
  { ignores: ['**/dist/', 'node_modules/', 'data/', 'notebooks/', 'figures/'] },
  tseslint.configs.recommended,
  {
    rules: {
      'max-len': ['error', { code: WIDTH }],
      // A name for an inferred type, which messages and the API pages then show.
      '@typescript-eslint/no-empty-object-type': ['error', { allowInterfaces: 'with-single-extends' }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
    },
  },
  { files: ['**/*.cjs', '**/*.js'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
  {
    // Results are typed by their stage's kind (experiments/stages/kinds.ts): none is forced into another
    // type.
    files: ['lib/src/experiments/**/*.ts', 'lib/src/report/**/*.ts', 'lib/src/pipeline/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'TSAsExpression > TSAsExpression > TSUnknownKeyword',
          message: 'Give the value its type where it is made, instead of "as unknown as".',
        },
      ],
    },
  },
  ...layers,
  {
    files: ['test/**'],
    rules: {
      'no-restricted-imports': ['error', { paths: [ONNX_RUNTIME] }],
    },
  },
);
