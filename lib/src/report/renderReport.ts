/**
 * The files of the report as text: paper-repro.md and the figures, from a session that has the results, in a
 * store or a results file. Writes nothing; writeReport.ts and checkReport.ts use the text.
 */
import { join } from 'node:path';
import { interruptible } from '../experiments/results/interruptible';
import type { Session } from '../experiments/session';
import { folders, projectRoot } from '../project';
import { renderSvg } from './figures/renderSvg';
import { otherProfiles } from './otherProfiles';
import { paperRepro, type ReportContent } from './paperRepro';
import type { Block } from './block';
import { PARTS, type Part } from './parts';

export const REPORT_FILE = join(projectRoot, 'paper-repro.md');

/** Path to content. */
export async function renderReport(session: Session, signal?: AbortSignal): Promise<Map<string, string>> {
  const content = await reportContent(session);
  const files = await renderFigures(content.blocks, signal);
  files.set(REPORT_FILE, paperRepro(content));
  return files;
}

/** The content of paper-repro.md. */
export async function reportContent(session: Session): Promise<ReportContent> {
  const others = otherProfiles(session.profile);
  const blocks: Block[] = [];
  for (const part of PARTS.filter(({ within }) => within?.(session.profile) ?? true))
    blocks.push(...(await part.blocks(session, others)));
  return {
    blocks,
    missing: [...notMeasured(blocks), ...notThere([session, ...others])],
    provenance: await session.provenance(),
  };
}

/**
 * Figures of some parts, and the parts themselves. For a part that the profile has nothing for, a line says
 * so.
 */
export async function renderParts(
  session: Session,
  parts: readonly Part[],
  signal?: AbortSignal,
): Promise<{ blocks: Block[]; files: Map<string, string> }> {
  const blocks = await blocksOf(session, parts);
  return { blocks, files: await renderFigures(blocks, signal) };
}

async function blocksOf(session: Session, parts: readonly Part[]): Promise<Block[]> {
  const { profile } = session;
  const others = otherProfiles(profile);
  const blocks = parts.map(({ name, within, blocks: of }) =>
    (within?.(profile) ?? true)
      ? of(session, others)
      : [{ text: `Profile ${profile.name} has nothing for the part ${name}.` }],
  );
  return (await Promise.all(blocks)).flat();
}

/** Parts without figures: for a user's own data, since those in the project's folder are of other data. */
export async function textOfParts(session: Session, parts: readonly Part[]): Promise<Block[]> {
  const blocks = await blocksOf(session, parts);
  return blocks.filter((block) => !('figure' in block) && !('picture' in block));
}

async function renderFigures(
  blocks: readonly Block[],
  signal: AbortSignal | undefined,
): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const block of blocks) {
    if ('picture' in block) files.set(join(folders.figures, `${block.picture.id}.svg`), block.picture.svg);
    if (!('figure' in block)) continue;
    await interruptible(signal);
    files.set(join(folders.figures, `${block.figure.id}.svg`), await renderSvg(block.figure));
  }
  return files;
}

/** What none of the profiles covers. */
function notThere(sessions: readonly Session[]): string[] {
  return [
    ...(sessions.some(({ profile }) => profile.given !== undefined)
      ? []
      : ['Results on real Amazon data and with published language models.']),
    ...(sessions.some(({ profile }) => profile.repetitions.runs.length > 0)
      ? []
      : ['More than one language-model chain: intervals and spreads are conditional on this one.']),
  ];
}

/** Columns that the paper prints but this profile has no number for, one line per table. */
function notMeasured(blocks: readonly Block[]): string[] {
  return blocks.flatMap((block) => {
    if (!('comparison' in block)) return [];
    const { title, columns, rows } = block.comparison;
    const absent = columns.filter(({ id }) =>
      rows.some(({ cells }) => cells[id]?.paper !== undefined && cells[id].ours === undefined),
    );
    return absent.length === 0 ? [] : [`${title}: ${absent.map(({ label }) => label).join('; ')}.`];
  });
}
