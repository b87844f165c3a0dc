/**
 * The command `elephant`. Each subcommand has its own file beside this one. Only its options are loaded here;
 * the heavy rooms of the library are imported when a command runs.
 */
import { Command } from 'commander';
import '../privacy';
import { libraryVersion } from '../project';
import { endWithReader } from './closedPipe';
import { register as registerDoctor } from './doctor';
import { register as registerEncode } from './encode';
import { exitCode } from './exitCode';
import { register as registerExport } from './export';
import { register as registerFetch } from './fetch';
import { register as registerLab } from './lab';
import { register as registerNotebooks } from './notebooks';
import { register as registerRecommend } from './recommend';
import { register as registerRelease } from './release';
import { register as registerReport } from './report';
import { register as registerRun } from './run';
import { register as registerShow } from './show';
import { register as registerStore } from './store';
import { register as registerTrain } from './train';
import { register as registerWorker } from './worker';

export async function main(argv: readonly string[]): Promise<void> {
  endWithReader();
  process.exitCode = await runCommand(argv);
}

/** Runs one command line and returns its exit code. */
export async function runCommand(argv: readonly string[]): Promise<number> {
  const program = new Command('elephant')
    .description('The Elephant in the Room (RecSys 2024): a runnable reproduction')
    .version(libraryVersion())
    .configureHelp({ sortSubcommands: true })
    .showHelpAfterError('(--help lists the commands)')
    .exitOverride();
  for (const register of [
    registerReport,
    registerNotebooks,
    registerLab,
    registerRun,
    registerWorker,
    registerTrain,
    registerRecommend,
    registerExport,
    registerEncode,
    registerFetch,
    registerStore,
    registerDoctor,
    registerRelease,
    registerShow,
  ])
    register(program);
  for (const command of program.commands) command.exitOverride();
  try {
    await program.parseAsync(argv as string[]);
    return Number(process.exitCode ?? 0);
  } catch (error) {
    return exitCode(error, program.name());
  }
}
