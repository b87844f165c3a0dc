#!/usr/bin/env node
'use strict';
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(
    `elephant: expected Node.js 20.19 or newer, got ${process.versions.node}. Install it from nodejs.org\n`,
  );
  process.exit(2);
}
require('../dist/cli/main.js').main(process.argv);
