#!/usr/bin/env node
'use strict';
try {
  require('../dist/nodeVersion.js');
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(2);
}
require('../dist/cli/main.js').main(process.argv);
