/** A download's progress as one line of text. */
import { basename } from 'node:path';
import { roughly } from '../../duration';
import type { DownloadProgress } from './download';

/** A download in one line: "Beauty_5.json.gz  12.5 of 40.0 MiB (31 %), 2.5 MiB/s, 11 s left". */
export function describeProgress({
  path,
  bytes,
  total,
  bytesPerSecond,
  secondsLeft,
}: DownloadProgress): string {
  const mib = (count: number): string => (count / 2 ** 20).toFixed(1);
  const share =
    total === undefined
      ? `${mib(bytes)} MiB`
      : `${mib(bytes)} of ${mib(total)} MiB (${Math.floor((100 * bytes) / Math.max(1, total))} %)`;
  const left = secondsLeft === undefined ? '' : `, ${roughly(secondsLeft)} left`;
  return `${basename(path)}  ${share}, ${mib(bytesPerSecond)} MiB/s${left}`;
}
