/**
 * Writes a made-up file of reviews in the Amazon format for bench/read_reviews.ts: about 120 bytes a line
 * before compression, users and items long-tailed and scattered over the file, times with day resolution
 * (many ties). Nobody's data.
 *
 *     node -r ./bench/register.cjs bench/make_reviews.ts <folder> <millions of reviews>
 */
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { once } from 'node:events';
import { createGzip } from 'node:zlib';
import { MT19937 } from '../lib/src/data/mt19937';

async function main(folder: string, millions: number): Promise<void> {
  if (!folder || !(millions > 0)) throw new Error('expected: make_reviews.ts <folder> <millions of reviews>');
  mkdirSync(folder, { recursive: true });
  const reviews = Math.round(millions * 1e6);
  // Proportions of the full Amazon files: about 3 reviews a user, 20 an item.
  const [users, items] = [Math.ceil(reviews / 3), Math.ceil(reviews / 20)];
  const generator = new MT19937(1);
  const skewed = (n: number, power: number): number => Math.floor(n * generator.random() ** power);
  const gzip = createGzip({ level: 1 });
  const file = createWriteStream(join(folder, `Made${millions}M.json.gz`));
  gzip.pipe(file);
  let [bytes, lines] = [0, ''];
  for (let k = 0; k < reviews; k++) {
    const user = key('A', skewed(users, 2.2), 13);
    const item = key('B', skewed(items, 2), 9);
    const day = generator.below(5000);
    lines +=
      `{"overall": 5.0, "verified": true, "reviewerID": "${user}", "asin": "${item}", ` +
      `"unixReviewTime": ${900000000 + day * 86400}}\n`;
    if (lines.length < 1 << 20 && k < reviews - 1) continue;
    bytes += lines.length;
    if (!gzip.write(lines)) await once(gzip, 'drain');
    lines = '';
  }
  gzip.end();
  await once(file, 'close');
  console.log(
    `${reviews} reviews, ${(bytes / reviews).toFixed(1)} bytes a line, ${file.bytesWritten} bytes compressed`,
  );
}

/** A number spread over the alphabet, so that neighbouring numbers share no prefix. */
function key(prefix: string, number: number, digits: number): string {
  const low = Math.imul(number + 1, 0x9e3779b1) >>> 0;
  return prefix + (low.toString(36) + number.toString(36)).toUpperCase().padStart(digits, '0');
}

void main(process.argv[2], Number(process.argv[3]));
