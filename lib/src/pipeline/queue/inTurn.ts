/** Transfers side by side: enough to fill the connection, but not so many that a server refuses them. */
const SIDE_BY_SIDE = 16;

export async function inTurn<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const left = [...all];
  const line = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, line));
}
