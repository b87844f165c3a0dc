/**
 * For worker processes: they end silently when the process that started them is gone. What they still write
 * to it or to its streams is lost.
 */
export function endWithParent(): void {
  const end = (): never => process.exit(0);
  process.on('disconnect', end);
  for (const stream of [process.stdout, process.stderr]) stream.on('error', end);
}

/** Sends to the process that started this one. */
export function sendToParent(message: unknown): void {
  process.send?.(message, undefined, undefined, (error) => {
    if (error !== null) process.exit(0);
  });
}
