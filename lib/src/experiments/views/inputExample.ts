/** RECFORMER's input for one user, token by token, for notebooks (paper section 3.1, method 3). */
import { history, type Dataset, type ItemText } from '../../data';
import { INPUT_LIMITS, sequenceInput, tokenizeItems, type InputLimits, type Tokenizer } from '../../text';
import { loadDataset } from '../stages/storedDataset';
import { evaluatedRow } from './evaluatedUser';
import { shownDomain } from './itemRows';
import { view } from './view';

const TYPES = ['<s>', 'attribute name', 'attribute value', 'padding'] as const;

export interface InputToken {
  /** As the vocabulary writes it; a leading Ġ marks a space. */
  readonly token: string;
  readonly type: (typeof TYPES)[number];
  /** 0 for `<s>`, 1 for the newest item, 2 for the one before it, ... */
  readonly itemPosition: number;
  /** Place in the sequence, from 0. */
  readonly position: number;
}

export interface InputExample {
  /** Newest first, as the model reads them. */
  readonly items: readonly ItemText[];
  readonly tokens: readonly InputToken[];
  /** Tokens of all items before the limit cut them, `<s>` included. */
  readonly uncut: number;
  readonly maxTokens: number;
}

/** Evaluated users whose input a results file keeps. */
const KEPT_USERS = [0, 1];

/**
 * `user`: number of the evaluated user, from 0. The input is the one of the test: everything before the last
 * item.
 */
export const inputExample = view('inputExample', {
  args: (_, domain: string, user: number = 0) => [domain, user] as const,
  kept: (profile, ask) =>
    shownDomain(profile).flatMap((domain) => KEPT_USERS.map((user) => ask(domain, user))),
  of: (experiment, domain, user) => {
    const [dataset, tokenizer] = [experiment.dataset(domain), experiment.tokenizer()];
    return {
      nodes: [dataset, tokenizer],
      make: async (read) => {
        // Brings the tokenizers' library with it: loaded when first needed.
        const { storedTokenizer } = await import('../stages/storedTokenizer');
        const limits = { ...INPUT_LIMITS, ...experiment.profile.input };
        return exampleOf(loadDataset(read(dataset)), await storedTokenizer(read(tokenizer)), limits, user);
      },
    };
  },
});

export function exampleOf(
  dataset: Dataset,
  tokenizer: Tokenizer,
  limits: InputLimits,
  user: number,
): InputExample {
  const row = evaluatedRow(dataset, user, 'inputExample');
  const texts = Array.from(history(dataset, row, 'test'), (id) => dataset.itemTexts[id - 1]);
  const items = tokenizeItems(texts, tokenizer, limits);
  const { tokens, types, itemPositions } = sequenceInput(items, tokenizer.special.cls, limits);
  return {
    items: [...texts].reverse(),
    tokens: Array.from(tokens, (id, i) => ({
      token: tokenizer.tokens[id] ?? '?',
      type: TYPES[types[i]],
      itemPosition: itemPositions[i],
      position: i,
    })),
    uncut: items.reduce((sum, item) => sum + item.tokens.length, 1),
    maxTokens: limits.maxTokens,
  };
}
