/**
 * Returns true at the first call, and then whenever `milliseconds` have passed since it last did. For
 * displays that must not be updated too often.
 */
export function every(milliseconds: number): () => boolean {
  let last = -Infinity;
  return () => {
    const now = performance.now();
    if (now - last < milliseconds) return false;
    last = now;
    return true;
  };
}
