/**
 * A worker machine for tests: serves a queue with one made-up kind of stage. Its settings are its one
 * argument; every stage that it has computed is a line on standard output.
 */
const { join } = require('node:path');

const dist = join(__dirname, '../../lib/dist');
const { exitCode } = require(join(dist, 'cli/exitCode.js'));
const { NotHere } = require(join(dist, 'pipeline/notHere.js'));
const { serveQueue } = require(join(dist, 'pipeline/queue/serveQueue.js'));
const { openSharedStore } = require(join(dist, 'pipeline/sharedStore.js'));

const { queue, place, local, file, workers = 1, goneAfter = 3, lacks, device } = JSON.parse(process.argv[2]);
const controller = new AbortController();
process.on('SIGTERM', () => controller.abort());

async function main() {
  const kinds = { add: { name: 'add', file }, heavy: { name: 'heavy', file, oneAtATime: true } };
  await serveQueue({
    ...{ queue, kinds, workers, goneAfter, device, signal: controller.signal },
    store: await openSharedStore(place, local),
    sources: ({ label }) => {
      if (lacks === label) throw new NotHere(`"${label}" needs --data here`);
      return {};
    },
    onComputed: ({ label }) => console.log(label),
  });
}

main().catch((error) => process.exit(exitCode(error, 'worker')));
