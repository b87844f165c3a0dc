/**
 * For its effect: worker processes that code under test starts run TypeScript, as under `npm run bench`. Only
 * for files with a process of their own, as each test file has.
 */
import { resolve } from 'node:path';

process.execArgv.push('-r', resolve(__dirname, '../../bench/register.cjs'));
