/** Another change was written first. */
export const lost = Symbol('lost')

/** Each lost attempt means that another change has been written, so one of them gets on. */
const MAX_ATTEMPTS = 20

/**
 * Reads, decides and writes again while others are faster.
 * @param attempt one of them; `lost` where another change was written between its read and its write
 * @returns `lost` when all of them were
 */
export async function compareAndSet<T>(attempt: () => Promise<T | typeof lost>, maxAttempts = MAX_ATTEMPTS): Promise<T | typeof lost> {
  for (let attempts = 0; attempts < maxAttempts; attempts++) {
    const result = await attempt()
    if (result !== lost) return result
  }
  return lost
}
