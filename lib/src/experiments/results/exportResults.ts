/** Asks a session for everything that data/results keeps, once a profile is complete. */
import { join } from 'node:path';
import { folders } from '../../project';
import { writeFileAtomic } from '../../writeAside';
import { PROFILE_NAMES, profile as namedProfile, type Profile } from '../profiles';
import type { Session } from '../session';
import type { Query } from '../views/view';
import { interruptible } from './interruptible';
import * as views from '../views';
import { FileAnswers } from './fileAnswers';
import { formatResults } from './resultsFile';

/** The text of the results file: a pure function of the stored results, all of which must be there. */
export async function resultsText(session: Session, signal?: AbortSignal): Promise<string> {
  // Results of an older library may answer fewer or other calls than are kept today: they are what they are.
  if (session instanceof FileAnswers) return formatResults(session.stored);
  const answers: Record<string, unknown> = {};
  const kept = Object.values(views).flatMap((view): readonly Query<unknown>[] => view.kept(session.profile));
  for (const query of kept) {
    await interruptible(signal);
    answers[query.text(session.profile)] = await session.get(query);
  }
  return formatResults({ profile: withoutPaths(session.profile), answers });
}

/** Without the places of files on this machine. */
function withoutPaths(profile: Profile): Profile {
  const { own, ...rest } = profile;
  const named = own === undefined ? rest : { ...rest, own: { ...own, interactions: '', items: undefined } };
  return profile.given === undefined ? named : { ...named, given: { ...profile.given, data: '', model: '' } };
}

/** Where a profile's results belong; undefined if it is one of a kind, made with overrides. */
export function resultsPath(profile: Profile): string | undefined {
  const plain =
    PROFILE_NAMES.includes(profile.name) &&
    JSON.stringify(withoutPaths(profile)) === JSON.stringify(namedProfile(profile.name));
  return plain ? join(folders.results, `${profile.name}.json`) : undefined;
}

/** Writes data/results/<profile>.json; resolves to its path, or to undefined if the profile has overrides. */
export async function exportResults(session: Session): Promise<string | undefined> {
  const file = resultsPath(session.profile);
  if (file !== undefined) writeFileAtomic(file, await resultsText(session));
  return file;
}
