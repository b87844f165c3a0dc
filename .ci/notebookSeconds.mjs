// node .ci/notebookSeconds.mjs: runs a copy of each notebook of the report from the store, one after another,
// and prints the seconds of each. Fails if one takes more than three times what is aimed at, since a busy
// machine is slower.
import { copyFileSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { runNotebook } = require('../lib/dist/jupyter/notebook/runNotebook.js');
const { NOTEBOOKS } = require('../lib/dist/report/notebooks.js');
const { folders, projectRoot } = require('../lib/dist/project.js');

const AIM = 20;
/** Trains SASRec while one watches. */
const TRAINING = { name: '01-sasrec-by-hand', aim: 60 };

const folder = mkdtempSync(join(tmpdir(), 'notebook-seconds-'));
symlinkSync(join(projectRoot, 'node_modules'), join(folder, 'node_modules'));
let slow = 0;
try {
  for (const { name } of NOTEBOOKS) {
    const copy = join(folder, `${name}.ipynb`);
    copyFileSync(join(folders.notebooks, `${name}.ipynb`), copy);
    const started = performance.now();
    await runNotebook(copy, { env: process.env });
    const seconds = (performance.now() - started) / 1000;
    const aim = name === TRAINING.name ? TRAINING.aim : AIM;
    if (seconds > 3 * aim) slow++;
    console.log(`${seconds.toFixed(1).padStart(6)} s  ${name}${seconds > aim ? `, more than ${aim} s` : ''}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
process.exit(slow === 0 ? 0 : 1);
