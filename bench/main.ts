/**
 * The benchmarks' command line: our speed beside its peers', measured in one run on this machine, and our
 * metrics beside published ones.
 *
 *     npm run bench -- engine --threads 1
 */
import { Command } from 'commander';
import { exitCode } from '../lib/src/cli/exitCode';
import { registerEngine } from './engine/command';
import { registerLanguage } from './language/command';
import { registerPeers } from './recommender/peers/command';
import { registerPublished } from './recommender/published/command';
import { registerRanking } from './recommender/rankingCommand';
import { registerScaling } from './recommender/scalingCommand';
import { registerSequential } from './recommender/sequentialCommand';
import { registerSideBySide } from './recommender/sideBySideCommand';
import { registerServing } from './serving/command';

async function main(): Promise<void> {
  const bench = new Command('npm run bench --')
    .description('measure speed beside PyTorch, in one run on this machine; metrics beside published ones')
    .configureHelp({ sortSubcommands: true })
    .showHelpAfterError('(--help lists the commands)')
    .exitOverride();
  registerEngine(bench);
  registerLanguage(bench);
  registerPeers(bench);
  registerPublished(bench);
  registerRanking(bench);
  registerScaling(bench);
  registerSequential(bench);
  registerServing(bench);
  registerSideBySide(bench);
  try {
    await bench.parseAsync();
  } catch (error) {
    process.exitCode = exitCode(error, 'bench');
  }
}

void main();
