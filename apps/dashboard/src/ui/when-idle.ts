/** The page waits no longer for a moment without work. */
const MAX_WAIT_MS = 1_000
/** Where the browser does not say when it has none. */
const WITHOUT_NOTICE_MS = 200

/** Runs something when the page has nothing else to do. @returns its cancel function */
export function whenIdle(run: () => void): () => void {
  if ('requestIdleCallback' in globalThis) {
    const request = requestIdleCallback(run, { timeout: MAX_WAIT_MS })
    return () => cancelIdleCallback(request)
  }
  const timer = setTimeout(run, WITHOUT_NOTICE_MS)
  return () => clearTimeout(timer)
}
