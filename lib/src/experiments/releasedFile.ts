/** What the stage that loads a released model shares with the files that choose and write one. */

/** The word embeddings, by their name in a stage's result. */
export const SHARED_TENSOR = 'model/embeddings/words';

/** How a user gets a released model again, or does without. */
export function releaseAdvice(name: string): string {
  return (
    'Restore it with "git checkout data/models", train it again with "npx elephant release --only ' +
    `${name}", or train it with the rest: --set language.from=scratch`
  );
}
