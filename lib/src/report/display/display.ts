/**
 * The one place where output reaches a cell. In a notebook it is a display in all forms that the caller
 * gives; clients draw the richest they can. Outside a notebook it is plain text on standard output, so that a
 * notebook's lines work in a script too.
 */
import { randomUUID } from 'node:crypto';
import { tslabJupyter } from '../../jupyter/kernel/tslab';
import type { MimeBundle } from '../../jupyter/notebook/format';

export interface DisplayHandle {
  /** Replaces what is shown. */
  update(bundle: MimeBundle): void;
}

/** Shows a bundle, which must have a `text/plain` form. */
export function display(bundle: MimeBundle): DisplayHandle {
  const id = randomUUID();
  write(bundle, id, false);
  return { update: (next) => write(next, id, true) };
}

/** True in a notebook's kernel. */
export function inNotebook(): boolean {
  return '__tslab__' in globalThis && tslabJupyter().lastWriteDisplayData !== null;
}

function write(bundle: MimeBundle, id: string, update: boolean): void {
  if (inNotebook())
    tslabJupyter().lastWriteDisplayData?.(
      { data: bundle, metadata: {}, transient: { display_id: id } },
      update,
    );
  else process.stdout.write(`${String(bundle['text/plain'])}\n`);
}
