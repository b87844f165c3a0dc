/**
 * `bench peers`: SASRec and BERT4Rec with the softmax over all items beside RecBole's and RecTools', same
 * data, width, layers, heads, dropout and history length, one after another in processes of their own. Each
 * trains in its own way: RecBole encodes every prefix of a history anew, BERT4Rec of RecBole masks every
 * prefix. So the seconds per trained position say as much as the seconds per epoch.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Dataset, trainPart } from '../../../lib/src/data';
import type { RecommenderOptions } from '../../../lib/src/training/recommender/options';
import { recommenderOptions } from '../../../lib/src/training/recommender/options';
import { PythonPeer } from '../../pythonPeer';
import { benchSequential } from '../benchSequential';
import { trainedPositions } from '../scaling';

export const PEERS = { RecBole: 'recbole', RecTools: 'rectools' } as const;
export type PeerName = keyof typeof PEERS;

/** Share of a history that BERT4Rec masks, of ours and of the peers. */
const MASKED = 0.15;

export interface PeerSide {
  readonly secondsPerEpoch: number;
  /** Positions of an epoch whose item is predicted. */
  readonly positions: number;
  readonly microsecondsPerPosition: number;
  /** All users ranked against all items; RecTools recommends ten items to each instead. */
  readonly validationSeconds: number;
  readonly peakMemoryMiB: number;
}

export interface PeerRow {
  readonly model: RecommenderOptions['model'];
  readonly peer: PeerName;
  /** Of the peer and of its PyTorch. */
  readonly version: string;
  readonly ours: PeerSide;
  readonly theirs: PeerSide;
  /** Theirs by ours. */
  readonly perEpoch: number;
  readonly perPosition: number;
  readonly validation: number;
  readonly memory: number;
}

export interface PeerOptions {
  readonly python: string;
  readonly peers: readonly PeerName[];
  readonly models?: readonly RecommenderOptions['model'][];
  readonly options?: Partial<RecommenderOptions>;
  /** Updates of a peer that are timed and scaled to an epoch. */
  readonly steps?: number;
  /** Of ours, the first not counted. */
  readonly epochs?: number;
  readonly threads: number;
  readonly onProgress?: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** Why a Python cannot run a peer; undefined if it can. */
export function missingPeer(python: string, peer: PeerName): string | undefined {
  const { status, error } = spawnSync(python, ['-c', `import ${PEERS[peer]}`], { stdio: 'ignore' });
  if (error !== undefined) return `there is no program "${python}"`;
  return status === 0 ? undefined : `${python} cannot import ${PEERS[peer]}`;
}

export async function benchPeers(
  dataset: Dataset,
  { python, peers, models = ['sasrec', 'bert4rec'], steps = 30, epochs = 3, threads, ...how }: PeerOptions,
): Promise<PeerRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'elephant-peers-'));
  try {
    writePeerFiles(dataset, folder);
    const rows: PeerRow[] = [];
    for (const model of models) {
      const shared: Partial<RecommenderOptions> & Pick<RecommenderOptions, 'model'> = {
        ...{ model, dim: 64, dropout: 0.2 },
        ...(model === 'sasrec' && { loss: 'ce' }),
        ...how.options,
      };
      const options = recommenderOptions(shared);
      const ours = await measureOurs(dataset, shared, { epochs, threads, ...how });
      how.onProgress?.(`${model}, ours: ${described(ours)}`);
      for (const peer of peers) {
        const { version, ...theirs } = await measurePeer(python, peer, folder, how.signal, {
          ...{ model, steps, threads, maskRatio: MASKED },
          ...{ dim: options.dim, blocks: options.blocks, heads: options.heads, dropout: options.dropout },
          ...{ length: options.maxLength, batch: options.batch },
          // As many positions per update as ours.
          targets: Math.round((ours.positions * options.batch) / dataset.users),
        });
        how.onProgress?.(`${model}, ${peer}: ${described(theirs)}`);
        rows.push({
          ...{ model, peer, version, ours, theirs },
          perEpoch: theirs.secondsPerEpoch / ours.secondsPerEpoch,
          perPosition: theirs.microsecondsPerPosition / ours.microsecondsPerPosition,
          validation: theirs.validationSeconds / ours.validationSeconds,
          memory: theirs.peakMemoryMiB / ours.peakMemoryMiB,
        });
      }
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureOurs(
  dataset: Dataset,
  options: Partial<RecommenderOptions> & Pick<RecommenderOptions, 'model'>,
  how: Pick<PeerOptions, 'epochs' | 'threads' | 'signal'>,
): Promise<PeerSide> {
  const { maxLength } = recommenderOptions(options);
  const [{ ours }] = await benchSequential(dataset, { ...how, cases: [{ name: 'ours', options }] });
  const { secondsPerEpoch, validationSeconds = NaN, peakMemoryMiB } = ours;
  const positions =
    options.model === 'sasrec' ? trainedPositions(dataset, maxLength) : maskedPositions(dataset, maxLength);
  return { ...withRate({ secondsPerEpoch, positions }), validationSeconds, peakMemoryMiB };
}

/** Masked positions of an epoch, on average. */
function maskedPositions(dataset: Dataset, maxLength: number): number {
  let items = 0;
  for (let user = 0; user < dataset.users; user++)
    items += Math.min(maxLength, trainPart(dataset, user).length);
  return Math.round(MASKED * items);
}

function withRate<T extends { secondsPerEpoch: number; positions: number }>(
  side: T,
): T & { microsecondsPerPosition: number } {
  return { ...side, microsecondsPerPosition: (1e6 * side.secondsPerEpoch) / side.positions };
}

interface PeerLine {
  version: string;
  secondsPerEpoch: number;
  targets: number;
  validationSeconds: number;
  peakMemoryMiB: number;
}

async function measurePeer(
  python: string,
  peer: PeerName,
  folder: string,
  signal: AbortSignal | undefined,
  options: object,
): Promise<PeerSide & { version: string }> {
  const script = join(__dirname, `${PEERS[peer]}_peer.py`);
  const args = [folder, JSON.stringify(options)];
  let last = '';
  // The libraries print lines of their own before the result.
  for await (const line of new PythonPeer(script, python, { args, cwd: folder, signal }).lines()) last = line;
  const line = JSON.parse(last) as PeerLine;
  const { version, secondsPerEpoch, targets: positions, validationSeconds, peakMemoryMiB } = line;
  return { version, ...withRate({ secondsPerEpoch, positions }), validationSeconds, peakMemoryMiB };
}

/** Numbers only, in a folder that is removed afterwards: an atomic file for RecBole, a table for RecTools. */
function writePeerFiles(dataset: Dataset, folder: string): void {
  const { offsets, sequence, users } = dataset;
  const [all, train] = [['user_id:token\titem_id:token\ttimestamp:float'], ['user_id,item_id,place']];
  for (let user = 0; user < users; user++) {
    const length = offsets[user + 1] - offsets[user];
    for (let place = 0; place < length; place++) {
      const item = sequence[offsets[user] + place];
      all.push(`${user}\t${item}\t${place}`);
      if (length < 3 || place < length - 2) train.push(`${user},${item},${place}`);
    }
  }
  mkdirSync(join(folder, 'shop'));
  writeFileSync(join(folder, 'shop', 'shop.inter'), `${all.join('\n')}\n`);
  writeFileSync(join(folder, 'train.csv'), `${train.join('\n')}\n`);
}

function described(side: PeerSide): string {
  return (
    `${side.secondsPerEpoch.toFixed(1)} s per epoch of ${side.positions} positions, ` +
    `${side.microsecondsPerPosition.toFixed(0)} µs each, ` +
    `validation ${side.validationSeconds.toFixed(1)} s, ${side.peakMemoryMiB.toFixed(0)} MiB`
  );
}
