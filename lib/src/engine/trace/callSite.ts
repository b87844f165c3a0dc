/**
 * Where in the user's program an error was thrown: the first frame that is neither TensorFlow.js nor the
 * engine.
 */
import { dirname } from 'node:path';

const ENGINE_FOLDER = dirname(__dirname);

export function callSite(error: Error): string | undefined {
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const own = frames.find(
    (line) => !line.includes('node_modules') && !line.includes('node:') && !line.includes(ENGINE_FOLDER),
  );
  return own
    ?.trim()
    .replace(/^at /, '')
    .replace(/^.*\((.*)\)$/, '$1');
}
