/** What a proof found; it goes on after a failure, to say all that is wrong. */
export class Checks {
  #failed = 0

  get failed(): number {
    return this.#failed
  }

  check(what: string, isTrue: boolean, details: unknown = ''): void {
    if (!isTrue) this.#failed += 1
    console.log(`${isTrue ? 'ok    ' : 'WRONG '} ${what}${isTrue || details === '' ? '' : `: ${JSON.stringify(details).slice(0, 600)}`}`)
  }

  skip(what: string, why: string): void {
    console.log(`skip   ${what}: ${why}`)
  }
}

/** Waits for a condition. @throws Error after the time */
export async function until<T>(what: string, read: () => T | undefined | Promise<T | undefined>, ms = 30_000): Promise<T> {
  const end = Date.now() + ms
  for (;;) {
    const value = await read()
    if (value !== undefined && value !== false) return value
    if (Date.now() > end) throw new Error(`${what} did not happen within ${ms} ms`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
