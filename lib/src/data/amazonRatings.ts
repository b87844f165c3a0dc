/** Which columns Amazon's files of ratings alone have. */
import { InputError } from '../errors';
import type { SourceOptions } from './reading/readSource';
import { lineBlocks, textFile, type TextFileLimits } from './textFile';

/**
 * Ratings without texts: a header in 2023; four columns without one before. 2018: item, user, rating, time;
 * 2014: user, item, rating, time. Which of the two is told by the user ids, which are longer than an item's.
 */
export async function ratingsFormat(reviews: string, limits: TextFileLimits): Promise<SourceOptions> {
  for await (const { lines } of lineBlocks(textFile(reviews, limits))) {
    const rows = lines.slice(0, 1000).map((line) => line.split(','));
    if (rows[0]?.some((field) => /user_?id|^(rating|timestamp)$/i.test(field))) return { separator: ',' };
    const wrong = rows.findIndex((fields) => fields.length !== 4);
    if (wrong !== -1)
      throw new InputError(
        `${reviews} line ${wrong + 1}`,
        'expected user, item, rating and time without a header, got something else',
        'Correct the line, or read the file as your own data',
      );
    const userFirst = rows.filter(([a, b]) => a.length > b.length).length * 2 > rows.length;
    const [user, item] = userFirst ? [1, 2] : [2, 1];
    return { separator: ',', header: false, columns: { user, item, time: 4 } };
  }
  return {};
}
