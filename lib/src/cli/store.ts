/** `elephant store`: lists, verifies and clears the results of stages. */
import type { Command } from 'commander';
import { InputError } from '../errors';
import { interruptSignal } from './interrupt';
import { jsonOption } from './options';
import { duration } from '../duration';

export function register(program: Command): void {
  const store = program.command('store').description('list, check and remove stored results');
  store.command('ls').description('list the results').addOption(jsonOption()).action(list);
  store
    .command('verify')
    .description('check every result against its hashes')
    .addOption(jsonOption())
    .action(verifyAll);
  store
    .command('rm')
    .description('remove the results whose folder names begin with this prefix')
    .argument('<prefix>', 'for example recommender-3f')
    .addOption(jsonOption())
    .action(remove);
  const gc = store.command('gc').description('remove the remains of interrupted or damaged writes');
  gc.option('--unfinished', 'also remove the progress of interrupted stages')
    .addOption(jsonOption())
    .action(collect);
}

async function open(): Promise<import('../pipeline/store').Store> {
  const { Store } = await import('../pipeline/store');
  const { folders } = await import('../project');
  return new Store(process.env.ELEPHANT_STORE ?? folders.store);
}

async function list({ json }: { json: boolean }): Promise<void> {
  const { basename } = await import('node:path');
  const { visible } = await import('../report/display/escape');
  const entries = (await open()).list().map(({ folder, manifest }) => ({
    folder: basename(folder),
    label: manifest.label,
    seconds: manifest.seconds,
    bytes: Object.values(manifest.files).reduce((sum, { bytes }) => sum + bytes, 0),
  }));
  entries.sort((a, b) => (a.folder < b.folder ? -1 : 1));
  if (json) process.stdout.write(`${JSON.stringify(entries)}\n`);
  else
    for (const { folder, label, seconds, bytes } of entries)
      process.stdout.write(
        `${visible(folder)}  ${duration(seconds).padStart(12)} ${String(bytes).padStart(12)} bytes  ` +
          `${visible(label)}\n`,
      );
}

async function verifyAll({ json }: { json: boolean }): Promise<void> {
  const { verify } = await import('../pipeline/store');
  const { visible } = await import('../report/display/escape');
  const { unfinishedStages, verifyUnfinished } = await import('../pipeline/unfinishedStages');
  const store = await open();
  const entries = store.list();
  const damaged = entries.flatMap(({ folder, manifest }) => {
    const problem = verify(folder, manifest.key);
    return problem === undefined ? [] : [{ folder, label: manifest.label, problem }];
  });
  const unfinished = unfinishedStages(store).filter(({ stale }) => !stale);
  for (const { folder } of unfinished) {
    const problem = await verifyUnfinished(folder);
    if (problem !== undefined) damaged.push({ folder, label: 'an unfinished stage', problem });
  }
  if (damaged.length > 0) process.exitCode = 1;
  if (json)
    process.stdout.write(
      `${JSON.stringify({ checked: entries.length, unfinished: unfinished.length, damaged })}\n`,
    );
  else {
    for (const { folder, label, problem } of damaged)
      process.stdout.write(`${visible(`${folder}: ${label}: ${problem}`)}\n`);
    process.stdout.write(
      `${entries.length} ` +
        `results${unfinished.length > 0 ? ` and ${unfinished.length} unfinished stages` : ''} checked, ` +
        `${damaged.length} ` +
        `damaged${damaged.length > 0 ? '; the next run computes them again' : ''}\n`,
    );
  }
}

async function remove(prefix: string, { json }: { json: boolean }): Promise<void> {
  const { basename } = await import('node:path');
  const { rmSync } = await import('node:fs');
  if (prefix === '')
    throw new InputError(
      'store rm',
      'expected the beginning of a folder name, got ""',
      'See elephant store ls',
    );
  const chosen = (await open()).list().filter(({ folder }) => basename(folder).startsWith(prefix));
  if (chosen.length === 0)
    throw new InputError(
      'store rm',
      `no result whose folder name begins with "${prefix}"`,
      'See elephant store ls',
    );
  for (const { folder } of chosen) rmSync(folder, { recursive: true });
  process.stdout.write(
    json ? `${JSON.stringify({ removed: chosen.length })}\n` : `${chosen.length} results removed\n`,
  );
}

async function collect({
  json,
  unfinished: all = false,
}: {
  json: boolean;
  unfinished?: boolean;
}): Promise<void> {
  const { sweepUnfinished, unfinishedStages } = await import('../pipeline/unfinishedStages');
  const { acquireLock } = await import('../pipeline/lock');
  const store = await open();
  // Files that another process is writing look like the remains of a killed one.
  const lock = await acquireLock(store.folder, interruptSignal(), (pid) => {
    throw new InputError(
      'store gc',
      `process ${pid} is computing in ${store.folder}`,
      'Run this again once it has ended',
    );
  });
  let removed: number;
  try {
    removed = store.sweep() + sweepUnfinished(store, all);
  } finally {
    lock.release();
  }
  const kept = unfinishedStages(store);
  const hint =
    kept.length === 0
      ? ''
      : `; ${kept.length} unfinished stages kept, which the next run resumes ` +
        `(${Math.ceil(kept.reduce((sum, { bytes }) => sum + bytes, 0) / 2 ** 20)} MiB; --unfinished ` +
        'removes them)';
  process.stdout.write(
    json
      ? `${JSON.stringify({ removed, unfinished: kept.length })}\n`
      : `${removed} leftovers removed${hint}\n`,
  );
}
