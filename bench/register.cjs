/**
 * Lets node run the TypeScript files of bench/, and of lib/src which they import, without a build:
 *
 *     node -r ./bench/register.cjs bench/x.ts
 *
 * By sucrase, which only removes types: TypeScript's own compiler would take seconds and 130 MiB of each
 * worker process, and benchmarks measure the memory of those.
 */
const { readFileSync } = require('node:fs');
const { transform } = require('sucrase');

require.extensions['.ts'] = (module, filename) => {
  const code = readFileSync(filename, 'utf8');
  const options = { transforms: ['typescript', 'imports'], disableESTransforms: true, filePath: filename };
  module._compile(transform(code, options).code, filename);
};
