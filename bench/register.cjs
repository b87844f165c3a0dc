// Lets node run the TypeScript files of bench/ (and of lib/src, which they import) without a build: node -r
// ./bench/register.cjs bench/x.ts
const { readFileSync } = require('node:fs');
const ts = require('typescript');

require.extensions['.ts'] = (module, filename) => {
  const options = {
    module: ts.ModuleKind.CommonJS,
    target: ts.ScriptTarget.ES2022,
    esModuleInterop: true,
    inlineSourceMap: true,
  };
  module._compile(
    ts.transpileModule(readFileSync(filename, 'utf8'), { compilerOptions: options, fileName: filename })
      .outputText,
    filename,
  );
};
