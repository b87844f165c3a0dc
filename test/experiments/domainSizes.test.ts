/** Sizes of domains that are not read yet, for estimates. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { domainSizes } from '../../lib/src/experiments/costs/domainSizes';
import { profile, type Profile } from '../../lib/src/experiments/profiles';
import { createRandom } from '../../lib/src/random';
import { freshFolder } from '../support/folders';

test('users of a review file come from how many bytes its lines take, whatever stands in them', () => {
  const folder = freshFolder();
  const real = profile('real');
  const given: Profile = { ...real, given: { ...real.given!, data: folder } };
  const random = createRandom(1);
  const reviews = (words: number): Buffer =>
    gzipSync(
      Array.from(
        { length: 9000 },
        () =>
          `${JSON.stringify({
            reviewerID: `U${random.integer(1000)}`,
            asin: `A${random.integer(550)}`,
            overall: 5,
            unixReviewTime: random.integer(1e9),
            reviewText: Array.from({ length: words }, () => random.integer(1e6)).join(' '),
          })}\n`,
      ).join(''),
    );
  for (const words of [0, 60]) {
    writeFileSync(join(folder, 'Office_Products_5.json.gz'), reviews(words));
    const { users, items } = domainSizes(given, () => undefined)('Office_Products');
    expect(users).toBeGreaterThan(900);
    expect(users).toBeLessThan(1100);
    expect(items).toBeCloseTo(0.55 * users);
  }
  writeFileSync(join(folder, 'Office_Products_5.json.gz'), 'not gzip');
  expect(domainSizes(given, () => undefined)('Office_Products').users).toBeGreaterThan(0);
});
