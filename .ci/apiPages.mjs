// Writes docs/api from the docstrings of everything public: `npm run docs`. With --check it fails if a public
// export has no docstring, or if the committed pages are not what it would write.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Application, Converter, LogLevel, ReflectionKind } from 'typedoc';

const PAGES = 'docs/api';
// Intersections of option schemas repeat each docstring; either copy serves.
const HARMLESS = /has multiple declarations with a comment|^The comments for/;

/** TypeDoc calls a destructured parameter `__namedParameters`. Its type says more. */
function nameOf(type) {
  const of = type?.name === 'Pick' || type?.name === 'Partial' ? type.typeArguments[0].name : type?.name;
  return of === undefined || of.endsWith('Options') ? 'options' : of[0].toLowerCase() + of.slice(1);
}

async function write(out) {
  const app = await Application.bootstrapWithPlugins({ out, logLevel: 'Warn' });
  const log = app.logger.log.bind(app.logger);
  let undocumented = 0;
  app.logger.log = (message, level) => {
    if (level < LogLevel.Warn || HARMLESS.test(message)) return;
    undocumented++;
    log(message, level);
  };
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const parameter of project.getReflectionsByKind(ReflectionKind.Parameter))
      if (parameter.name === '__namedParameters') parameter.name = nameOf(parameter.type);
  });
  const project = await app.convert();
  if (project === undefined) process.exit(1);
  app.validate(project);
  for (const signature of project.getReflectionsByKind(ReflectionKind.CallSignature))
    if (signature.comment?.summary.length === 0)
      app.logger.warn(`${signature.getFriendlyFullName()} has a docstring that does not say what it does`);
  await app.generateOutputs(project);
  return undocumented;
}

/** Text of every page by its path. */
function pages(folder) {
  const names = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.md'));
  return new Map(names.sort().map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

if (process.argv[2] !== '--check') process.exitCode = (await write(PAGES)) === 0 ? 0 : 1;
else {
  const folder = mkdtempSync(join(tmpdir(), 'elephant-api-'));
  try {
    const undocumented = await write(folder);
    const [committed, made] = [pages(PAGES), pages(folder)];
    const stale = [...new Set([...committed.keys(), ...made.keys()])].filter(
      (name) => committed.get(name) !== made.get(name),
    );
    for (const name of stale) console.error(`${PAGES}/${name}: out of date; npm run docs writes it`);
    if (undocumented + stale.length > 0) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
