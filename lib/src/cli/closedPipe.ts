/** Ends a command at once and silently when its reader has gone (`elephant store ls | head`). */

/** Ends the process with code 0 if standard output or standard error is a pipe that nobody reads any more. */
export function endWithReader(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      process.exit(0);
    });
}
