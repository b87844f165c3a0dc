/**
 * Prepared datasets: equal to what was read, found again only for the same source, and never believed when
 * damaged.
 */
import { readFileSync, readdirSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { readAmazonWithReport } from '../../lib/src/data/sources';
import { reviewLines, writeGzip } from './support';
import { freshFolder } from '../support/folders';

const folder = freshFolder();
const cache = join(folder, 'cache');
const source = writeGzip(
  folder,
  'D_5.json.gz',
  reviewLines([...'abcdefg'].map((item, k) => ['u', item, 1.3e9 + k])),
);
writeGzip(
  folder,
  'meta_D.json.gz',
  `${JSON.stringify({ asin: 'a', title: 'Zażółć 日本 🐘', brand: '', category: ['x', 'y'] })}\n` +
    '{"asin":"c","title":"C"}',
);
const entries = (): string[] => readdirSync(cache).sort();

describe('prepared datasets', () => {
  it('come back equal, texts of all scripts and the report included', async () => {
    const direct = await readAmazonWithReport(folder, 'D');
    const first = await readAmazonWithReport(folder, 'D', { cache });
    expect(entries()).toHaveLength(1);
    expect(entries()[0]).toMatch(/^D-[0-9a-f]{16}\.dataset$/);
    const again = await readAmazonWithReport(folder, 'D', { cache });
    expect(first).toEqual(direct);
    expect(again).toEqual(direct);
    expect(again.dataset.itemTexts.some(({ title }) => title === 'Zażółć 日本 🐘')).toBe(true);
  });

  it('are prepared again for other options and for a source that changed, not for other limits', async () => {
    await readAmazonWithReport(folder, 'D', { cache, memoryMiB: 512, threads: 1, set: '5core' });
    expect(entries()).toHaveLength(1);
    await readAmazonWithReport(folder, 'D', { cache, minUserInteractions: 5 });
    expect(entries()).toHaveLength(2);
    utimesSync(source, 1e9, 1e9);
    await readAmazonWithReport(folder, 'D', { cache });
    expect(entries()).toHaveLength(3);
  });

  it('are read again from the source if the file is damaged or cut off', async () => {
    const notice = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const { dataset } = await readAmazonWithReport(folder, 'D', { cache });
    for (const damage of [
      (path: string) => truncateSync(path, 100),
      (path: string) => truncateSync(path, 10),
      flipOneBit,
    ]) {
      for (const name of entries()) damage(join(cache, name));
      const again = await readAmazonWithReport(folder, 'D', { cache });
      expect(again.dataset).toEqual(dataset);
      expect(notice).toHaveBeenLastCalledWith(expect.stringMatching(/is damaged and was removed/));
    }
    notice.mockRestore();
  });

  it('are not needed: if they cannot be written, the dataset is still read', async () => {
    const notice = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const file = join(folder, 'in-the-way');
    writeFileSync(file, '');
    const { dataset } = await readAmazonWithReport(folder, 'D', { cache: join(file, 'cache') });
    expect(dataset.users).toBe(1);
    expect(notice).toHaveBeenLastCalledWith(expect.stringMatching(/could not be written/));
    notice.mockRestore();
  });
});

function flipOneBit(path: string): void {
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1] ^= 4;
  writeFileSync(path, bytes);
}
