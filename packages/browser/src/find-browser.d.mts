export interface FoundBrowser {
  /** The path of the executable. */
  readonly path: string
  /** Whether BROWSER_PATH names it; otherwise it was found on this machine. */
  readonly named: boolean
}

/**
 * Finds the browser to use: BROWSER_PATH, an installed Chrome or Chromium, or the download of Playwright, in this order.
 * BROWSER_PATH is not checked. A browser that was found has been started once with --version, except on Windows.
 * @returns undefined when there is none
 */
export function findBrowser(env: NodeJS.ProcessEnv): FoundBrowser | undefined

/** Whether the path is an executable file. */
export function isProgram(file: string): boolean

/** The folders of one of Playwright's browsers in its cache, newest version first. @param name as in their names, such as `chromium` */
export function playwrightFolders(env: NodeJS.ProcessEnv, name: string): string[]
