/** Transfers of many results at once, a bounded number of them at a time. The first failure rejects. */

/** Enough to fill the connection, but not so many that a server refuses them. */
const AT_ONCE = 16;

export async function severalAtOnce<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const left = [...all];
  const line = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, line));
}
