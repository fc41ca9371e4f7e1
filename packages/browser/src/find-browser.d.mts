export interface FoundBrowser {
  /** Of its executable. */
  readonly path: string
  /** Whether somebody named it, or it was found. */
  readonly named: boolean
}

/**
 * The browser to drive: BROWSER_PATH, else a Chrome or Chromium that is installed, else Playwright's own download.
 * One that is named is taken as it is; one that is found has been asked for its version, but on Windows.
 * @returns undefined where there is none
 */
export function findBrowser(env: NodeJS.ProcessEnv): FoundBrowser | undefined

/** Whether the file is there and may be started. */
export function isProgram(file: string): boolean
