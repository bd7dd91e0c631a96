/** @file Jobs done several at a time; the first failure stops the rest, and nothing is running when it is thrown. */

/** Run `job` on every item, at most `limit` at once. Throws what the first failing job threw, after the others end. */
export async function forEachParallel<T>(
  items: readonly T[],
  limit: number,
  job: (item: T, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  let failed = false;
  let failure: unknown;
  const work = async (): Promise<void> => {
    while (!failed && next < items.length) {
      const index = next++;
      try {
        await job(items[index] as T, index);
      } catch (error) {
        if (!failed) failure = error;
        failed = true;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, limit) }, work));
  if (failed) throw failure;
}
