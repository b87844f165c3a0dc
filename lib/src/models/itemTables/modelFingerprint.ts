/**
 * A hash of a language model's content: its configuration and every weight. Results computed with the model
 * are stored under this key.
 */
import { createHash } from 'node:crypto';
import type { LanguageModel } from '../languageModel';

/**
 * SHA-256 of a model's configuration and weights, 64 hex digits. Changing one bit of one weight changes it.
 */
export function modelFingerprint({ config, weights, padToken, pooling, normalise }: LanguageModel): string {
  const hash = createHash('sha256');
  hash.update(
    JSON.stringify([
      Object.entries(config).sort(([a], [b]) => (a < b ? -1 : 1)),
      padToken,
      pooling,
      normalise,
    ]),
  );
  for (const name of Object.keys(weights).sort()) {
    const { shape, data } = weights[name];
    hash.update(JSON.stringify([name, shape]));
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}
