/**
 * What a reader sees of an error thrown in a cell: the message, and the lines of the cells that led to it.
 * The internals of Node.js and the kernel are hidden, and those of the library too if the input was wrong.
 */
import { InputError } from '../../errors';
import { sourceLine } from './sourceLine';

export interface CellCode {
  readonly source: string;
  readonly compiled: string;
}

/** The file name of an execution's code, as it appears in stacks. */
export function cellFile(execution: number): string {
  return `cell-${execution}`;
}

/** How many frames of a defect of ours are shown besides the cells' lines. */
const LIBRARY_FRAMES = 4;
const LIBRARY = /\(?([^\s()]*[\\/]lib[\\/]dist[\\/]([^\s()]+:\d+)):\d+\)?$/;

/** `codes` by execution; `current` is the execution that failed. */
export function describeCellError(
  error: Error,
  codes: ReadonlyMap<number, CellCode>,
  current: number,
): string {
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const cells = [...new Set(frames.flatMap((frame) => cellFrame(frame, codes, current) ?? []))];
  const library =
    error instanceof InputError
      ? []
      : frames
          .flatMap((frame) => LIBRARY.exec(frame)?.[2] ?? [])
          .filter((frame) => !frame.includes('kernel'))
          .slice(0, LIBRARY_FRAMES);
  const cause =
    error.cause instanceof Error && !(error instanceof InputError)
      ? [`    caused by ${error.cause.name}: ${error.cause.message}`]
      : [];
  return [
    `${error.name}: ${error.message}`,
    ...cause,
    ...library.map((frame) => `    in elephant/${frame.replaceAll('\\', '/')}`),
    ...cells,
  ].join('\n');
}

/** "    line 3: open({ profile: 'mimi' })"; undefined for a frame outside the cells. */
function cellFrame(frame: string, codes: ReadonlyMap<number, CellCode>, current: number): string | undefined {
  const [, execution, line] = /\bcell-(\d+):(\d+):\d+\)?$/.exec(frame) ?? [];
  const code = codes.get(Number(execution));
  if (code === undefined) return undefined;
  const at = sourceLine(code.source, code.compiled, Number(line));
  if (at === undefined) return undefined;
  const where = Number(execution) === current ? `line ${at}` : `cell [${execution}], line ${at}`;
  return `    ${where}: ${code.source.split('\n')[at - 1].trim()}`;
}
