/** `npm run bench -- peers`: on which domain, beside which peers, and how the rows are printed and kept. */
import type { Command } from 'commander';
import { interruptSignal } from '../../../lib/src/cli/interrupt';
import { jsonOption, wholeNumber } from '../../../lib/src/cli/options';
import { ProgressLine } from '../../../lib/src/cli/progress';
import { readAmazon } from '../../../lib/src/data/sources';
import { InputError } from '../../../lib/src/errors';
import { dataOptions, pythonOption, threadsOption } from '../../options';
import { printRows } from '../../printRows';
import { RESULTS_FOLDER, writeResults } from '../../results';
import type { PeerName } from './benchPeers';

export function registerPeers(bench: Command): void {
  const command = bench
    .command('peers')
    .description('SASRec and BERT4Rec beside RecBole and RecTools, as far as the Python has them');
  for (const option of dataOptions()) command.addOption(option);
  command
    .option('--steps <n>', 'updates of a peer that are timed', wholeNumber('--steps', 1), 30)
    .option('--epochs <n>', 'epochs of ours, the first not counted', wholeNumber('--epochs', 2), 3)
    .addOption(threadsOption())
    .addOption(pythonOption('recbole or rectools'))
    .addOption(jsonOption())
    .action(peers);
}

interface PeersOptions {
  data: string;
  domain: string;
  steps: number;
  epochs: number;
  threads: number;
  python?: string;
  json: boolean;
}

async function peers({ data, domain, python: given, json, ...how }: PeersOptions): Promise<void> {
  const { benchPeers, missingPeer, PEERS } = await import('./benchPeers');
  const python = given ?? process.env.ELEPHANT_PYTHON;
  if (python === undefined)
    throw new InputError('--python', 'expected a Python with recbole or rectools, got none');
  const line = new ProgressLine();
  const there = (Object.keys(PEERS) as PeerName[]).filter((peer) => {
    const reason = missingPeer(python, peer);
    if (reason !== undefined) line.print(`${peer}: left out, ${reason}`);
    return reason === undefined;
  });
  if (there.length === 0)
    throw new InputError(
      '--python',
      `expected a Python with recbole or rectools, got "${python}" with neither`,
      'pip install recbole, or pip install "rectools[torch]", into a virtual environment',
    );
  const rows = await benchPeers(await readAmazon(data, domain), {
    ...how,
    ...{ python, peers: there },
    onProgress: (text) => line.print(text),
    signal: interruptSignal(),
  });
  await writeResults(RESULTS_FOLDER, `peers-${domain}-${how.threads}-threads`, {
    domain,
    ...how,
    results: rows,
  });
  printRows(rows, json);
}
