/**
 * `bench peers` on a tiny shop, beside RecBole and RecTools as far as ELEPHANT_PYTHON has them (pip install
 * recbole "rectools[torch]").
 */
import { expect, test } from 'vitest';
import { benchPeers, missingPeer, type PeerName, PEERS } from '../../bench/recommender/peers/benchPeers';
import { makeShop } from '../../bench/defaults/shop';

const python = process.env.ELEPHANT_PYTHON;

test('a Python that is not there, or lacks a peer, is named', () => {
  expect(missingPeer('/no/python', 'RecBole')).toBe('there is no program "/no/python"');
  expect(missingPeer('/bin/false', 'RecBole')).toBe('/bin/false cannot import recbole');
});

for (const peer of Object.keys(PEERS) as PeerName[]) {
  const reason = python === undefined ? 'ELEPHANT_PYTHON is not set' : missingPeer(python, peer);
  if (reason !== undefined) console.log(`bench peers: ${peer} not tested, ${reason}`);

  test.skipIf(reason !== undefined)(
    `${peer}: seconds, positions, validation and memory of both sides`,
    async () => {
      const dataset = makeShop({ users: 700, events: 8, perItem: 20 });
      const rows = await benchPeers(dataset, {
        ...{ python: python!, peers: [peer], steps: 2, epochs: 2, threads: 1 },
        options: { dim: 8, maxLength: 10 },
      });
      expect(rows.map(({ model }) => model)).toEqual(['sasrec', 'bert4rec']);
      for (const { ours, theirs, version, perEpoch, perPosition } of rows) {
        expect(version).toMatch(new RegExp(`^${peer} [\\d.]+, PyTorch`));
        for (const value of Object.values({ ...ours, ...theirs })) expect(value).toBeGreaterThan(0);
        expect(perEpoch).toBeCloseTo(theirs.secondsPerEpoch / ours.secondsPerEpoch, 9);
        expect(perPosition).toBeCloseTo(theirs.microsecondsPerPosition / ours.microsecondsPerPosition, 9);
      }
      // SASRec predicts each item of a training part but the first, in either library.
      expect(rows[0].theirs.positions / rows[0].ours.positions).toBeGreaterThan(0.7);
      expect(rows[0].theirs.positions / rows[0].ours.positions).toBeLessThan(1.3);
    },
  );
}
