/** Writes the report or its slides as one HTML file each, to the given paths. */
import { resolve } from 'node:path';
import type { Session } from '../../experiments/session';
import { writeFileAtomic } from '../../writeAside';
import { reportContent } from '../renderReport';
import { htmlReport } from './htmlReport';
import { slideShow } from './slideShow';

export interface Handout {
  /** Path of the report; undefined for none. */
  readonly html?: string;
  /** Path of the slides; undefined for none. */
  readonly slides?: string;
}

export interface WrittenFile {
  readonly file: string;
  readonly bytes: number;
}

/** @throws InputError for a file that cannot be written. */
export async function writeHandout(
  session: Session,
  { html, slides }: Handout,
  signal?: AbortSignal,
): Promise<WrittenFile[]> {
  const written: WrittenFile[] = [];
  const write = (file: string, text: string): void => {
    writeFileAtomic(resolve(file), text);
    written.push({ file, bytes: Buffer.byteLength(text) });
  };
  if (html !== undefined) write(html, await htmlReport(await reportContent(session), signal));
  if (slides !== undefined) write(slides, await slideShow(session, signal));
  return written;
}
