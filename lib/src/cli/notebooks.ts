/** `elephant notebooks check`: finds what a committed notebook must not have. Runs nothing. */
import type { Command } from 'commander';
import { jsonOption } from './options';

export function register(program: Command): void {
  program
    .command('notebooks')
    .description('check the notebooks')
    .command('check')
    .description(
      'fail on cells of more than 25 lines, absolute paths, and outputs that do not belong to the code',
    )
    .addOption(jsonOption())
    .exitOverride()
    .action(check);
}

async function check({ json }: { json: boolean }): Promise<void> {
  const { checkNotebooks } = await import('../report/checkReport');
  const { notebookFiles } = await import('../report/notebooks');
  const problems = checkNotebooks();
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.stderr.write(
    `${notebookFiles().length} notebooks checked, ${problems.length} ` +
      `problem${problems.length === 1 ? '' : 's'}\n`,
  );
  if (problems.length > 0) process.exitCode = 1;
  if (json) process.stdout.write(`${JSON.stringify({ problems })}\n`);
}
