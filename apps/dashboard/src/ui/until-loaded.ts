import { hubUrl } from './hub-url.ts'

const FIRST_PAUSE_MS = 1_000
const MAX_PAUSE_MS = 30_000

/** The hub answers and has no such file: it was updated since the page was opened. */
export class MissingFileError extends Error {}

/**
 * Loads a file of the page that it did not begin with. While the hub is away it is tried again until it is there: what the page
 * already shows stays.
 * @throws MissingFileError
 */
export async function untilLoaded<T>(load: () => Promise<T>, answers: () => Promise<boolean> = hubAnswers): Promise<T> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(MAX_PAUSE_MS, 2 * pause)) {
    try {
      return await load()
    } catch {
      if (await answers()) {
        loadStylesAgain()
        return await load().catch((cause: unknown) => {
          throw new MissingFileError('missing_file', { cause })
        })
      }
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
  }
}

/** A worker of the page does not answer HEAD from what it keeps. */
async function hubAnswers(): Promise<boolean> {
  try {
    return (await fetch(`${hubUrl}/health`, { method: 'HEAD', cache: 'no-store' })).ok
  } catch {
    return false
  }
}

/** The loader asks for each style once, even when it did not arrive. */
function loadStylesAgain(): void {
  for (const link of document.querySelectorAll<HTMLLinkElement>('link[rel=stylesheet]')) {
    if (link.sheet === null) link.after(link.cloneNode())
  }
}
