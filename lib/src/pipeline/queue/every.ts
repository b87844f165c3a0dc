/** Calls `work` at this interval, but never before the last call has ended. */
export function every(milliseconds: number, work: () => Promise<unknown>): NodeJS.Timeout {
  let busy = false;
  return setInterval(() => {
    if (busy) return;
    busy = true;
    void work().finally(() => (busy = false));
  }, milliseconds);
}
