// Reads vitest's JSON report.
//   node .ci/tests.mjs counts FILE     passed and failed: tests, and files that could not be loaded
//   node .ci/tests.mjs failures FILE   one line for each that failed: file, test, start of the message
//   node .ci/tests.mjs slowest FILE    seconds of the twenty slowest files
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

const [what, file] = process.argv.slice(2);
const { testResults, numPassedTests } = JSON.parse(readFileSync(file, 'utf8'));

/** The first two lines of a message, without colours. */
const start = (message = '') =>
  message
    .replace(/\x1b\[[0-9;]*m/g, '')
    .split('\n')
    .filter((line) => line.trim())
    .slice(0, 2)
    .join(' | ')
    .slice(0, 400);

const failures = testResults.flatMap(({ name, status, message, assertionResults }) => {
  const path = relative('.', name);
  const tests = assertionResults.filter((test) => test.status === 'failed');
  if (status === 'failed' && tests.length === 0) return [`${path}: ${start(message)}`];
  return tests.map((test) => `${path}: ${test.fullName}: ${start(test.failureMessages[0])}`);
});

const slowest = testResults
  .map(({ name, startTime, endTime }) => ({
    path: relative('.', name),
    seconds: (endTime - startTime) / 1000,
  }))
  .sort((a, b) => b.seconds - a.seconds)
  .slice(0, 20)
  .map(({ path, seconds }) => `${seconds.toFixed(1).padStart(6)} s  ${path}`);

const answers = { counts: [`${numPassedTests} ${failures.length}`], failures, slowest };
for (const line of answers[what]) console.log(line);
