/**
 * Finds the given files of a stage that another machine asks for, by their content as the stage's
 * configuration names it, never by a path from the other machine.
 */
import { join } from 'node:path';
import * as v from 'valibot';
import { canonicalJson } from '../pipeline/contentKey';
import { fileHash } from '../pipeline/fileHash';
import { NotHere } from '../pipeline/notHere';
import type { StageNode } from '../pipeline/stage';
import { folders } from '../project';
import { amazonFileHashes, modelFileHashes, ownFileHashes } from './givenFolders';

/** What a worker was given on its command line. */
export interface GivenHere {
  readonly data?: string;
  readonly interactions?: string;
  readonly items?: string;
  readonly model?: string;
  /** Language models that come with the project. */
  readonly models?: string;
}

const HASHES = v.record(v.string(), v.string());
const LIST = v.array(v.string());
const DOMAIN = v.looseObject({
  domain: v.pipe(v.string(), v.regex(/^\w[\w .&-]*$/)),
  set: v.optional(v.picklist(['5core', 'full', 'ratings'])),
  files: HASHES,
});
const OWN = v.looseObject({ files: v.object({ interactions: LIST, items: LIST }) });
const MODEL = v.looseObject({ files: HASHES });
const FILE = { file: v.pipe(v.string(), v.regex(/^[\w-]+\.safetensors$/)), sha256: v.string() };
const RELEASED = v.looseObject({ ...FILE, shared: v.optional(v.object(FILE)) });

/** @throws NotHere if a stage needs files that this machine has not got */
export function sourcesHere(
  { kind, label, config }: StageNode,
  { data, interactions, items, model, models = folders.models }: GivenHere,
): Record<string, string> {
  const need = <T>(schema: v.GenericSchema<unknown, T>): T => {
    const parsed = v.safeParse(schema, config);
    if (!parsed.success) throw new NotHere(`"${label}" names files in a different way than this version`);
    return parsed.output;
  };
  const same = (files: object, here: object): void => {
    if (canonicalJson(files) !== canonicalJson(here))
      throw new NotHere(`"${label}" needs other files than those given here`);
  };
  switch (kind.name) {
    case 'amazonDataset': {
      const { domain, set, files } = need(DOMAIN);
      if (data === undefined) throw new NotHere(`"${label}" needs files of ${domain}: give --data here`);
      same(files, amazonFileHashes(data, domain, set));
      return { data };
    }
    case 'ownDataset': {
      const { files } = need(OWN);
      if (interactions === undefined)
        throw new NotHere(`"${label}" needs a user's data: give --interactions here`);
      same(files, ownFileHashes(interactions, items));
      return { interactions, ...(items !== undefined && { items }) };
    }
    case 'givenTokenizer':
    case 'givenLanguage': {
      const { files } = need(MODEL);
      if (model === undefined) throw new NotHere(`"${label}" needs a language model: give --model here`);
      same(files, modelFileHashes(model));
      return { model };
    }
    case 'releasedModel': {
      const { shared, ...own } = need(RELEASED);
      for (const { file, sha256 } of shared === undefined ? [own] : [own, shared])
        same({ [file]: sha256 }, { [file]: fileHash(join(models, file)) });
      return { models };
    }
    default:
      return {};
  }
}
