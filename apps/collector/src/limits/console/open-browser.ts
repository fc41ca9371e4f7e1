import { chmodSync, mkdirSync, statSync } from 'node:fs'
import os from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { findBrowser, isProgram } from '@signalbox/browser/find-browser'
import { type BrowserContext, chromium } from 'playwright-core'
import { endBrowser, findBrowserOn, PROFILE_VARIABLE } from './browser-processes.ts'
import { ConsoleError, firstLine } from './console-error.ts'

export interface BrowserOptions {
  readonly profile: string
  /** The environment, with the settings that name the browser. */
  readonly env: NodeJS.ProcessEnv
  /** `hidden` takes snapshots with few resources; `visible` is for a person who signs in. */
  readonly as: 'hidden' | 'visible'
  /** Additional flags, such as those for a machine without a screen. */
  readonly flags?: readonly string[]
  /** Milliseconds. */
  readonly timeout: number
}

export interface OpenBrowser {
  readonly context: BrowserContext
  /** Closes it and waits until all its processes have exited. @returns how many had to be killed */
  close(): Promise<number>
}

/** Time for a browser to exit by itself; a visible one has to write a new sign-in to disk. */
const CLOSE_TIMEOUT_MS = { hidden: 2_500, visible: 15_000 }

const toFlag = (name: string, features: string) => `--${name}=${features.trim().split(/\s+/).join(',')}`

/** The features that Playwright disables; they are repeated, because only the last flag of a name counts. */
const playwrightDisabled = `AvoidUnnecessaryBeforeUnloadCheckSync DestroyProfileOnBrowserClose HttpsUpgrades HttpsFirstBalancedModeAutoEnable
  LensOverlay MediaRouter PaintHolding ThirdPartyStoragePartitioning AvoidCorsURLLoaderRestartOnRedirect OptimizationHints
  NetworkTimeServiceQuerying AimEnabled PreconnectToSearch`
const lightFlags: readonly string[] = [
  // Images, fonts, sound and the graphics process are not needed.
  '--blink-settings=imagesEnabled=false',
  '--disable-remote-fonts',
  '--mute-audio',
  // This process only forks helpers without a sandbox, and there are none.
  '--no-unsandboxed-zygote',
  '--disable-gpu',
  '--disable-software-rasterizer',
  '--in-process-gpu',
  '--enable-low-end-device-mode',
  // Two unused renderers, one of them for the address bar, would take 100 MB.
  toFlag(
    'disable-features',
    `${playwrightDisabled} SpareRendererForSitePerProcess PreloadTopChromeWebUI WebUIOmniboxPopup WebUIOmniboxAimPopup`,
  ),
  toFlag('enable-features', 'CDPScreenshotNewSurface SkipListAccountsWithoutGaiaCookies NetworkServiceInProcess2'),
  `--disk-cache-size=${64 * 1024 * 1024}`,
]

/**
 * Opens the user's browser on the profile, which is created if it does not exist.
 * @throws ConsoleError
 */
export async function openBrowser({ profile, env, as, flags = [], timeout }: BrowserOptions): Promise<OpenBrowser> {
  const executablePath = findProgram(env)
  makeProfile(profile)
  throwIfLocked(profile)
  const isRoot = process.getuid?.() === 0
  let context: BrowserContext
  try {
    context = await chromium.launchPersistentContext(profile, {
      executablePath,
      headless: as === 'hidden',
      // Chrome's sandbox does not work as root.
      chromiumSandbox: !isRoot,
      args: [...(as === 'hidden' ? lightFlags : ['--no-default-browser-check']), ...flags],
      // A person signs in, so pages and password managers should not see an automated browser.
      ...(as === 'visible'
        ? { ignoreDefaultArgs: ['--enable-automation'], viewport: null }
        : { viewport: { width: 900, height: 700 }, locale: 'en-US' }),
      acceptDownloads: false,
      serviceWorkers: as === 'hidden' ? 'block' : 'allow',
      env: { ...(process.env as Record<string, string>), [PROFILE_VARIABLE]: profile },
      timeout,
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    })
  } catch (error) {
    await endBrowser(profile)
    throw toLaunchError(error as Error, profile, executablePath)
  }
  return {
    context,
    close: async () => {
      const closed = context.close().catch(() => {})
      await Promise.race([closed, sleep(CLOSE_TIMEOUT_MS[as], undefined, { ref: false })])
      return endBrowser(profile)
    },
  }
}

function findProgram(env: NodeJS.ProcessEnv): string {
  const found = findBrowser(env)
  if (found === undefined) {
    throw new ConsoleError({
      category: 'UNKNOWN',
      message: 'there is no Chrome or Chromium on this machine.',
      suggestion: 'Install one, or set BROWSER_PATH to its program.',
    })
  }
  if (!isProgram(found.path)) {
    throw new ConsoleError({
      category: 'UNKNOWN',
      message: `BROWSER_PATH is "${found.path}", which is not a program.`,
      suggestion: 'Correct it, or unset it so that Signalbox finds a browser itself.',
    })
  }
  return found.path
}

const resetSuggestion = 'Remove it with `signalbox web reset`, and sign in again with `signalbox web login`.'

function makeProfile(profile: string): void {
  try {
    mkdirSync(profile, { recursive: true, mode: 0o700 })
    if (!statSync(profile).isDirectory()) throw new Error('it is not a folder')
    // It holds a sign-in, so no other user may read it, even if the folder existed before.
    chmodSync(profile, 0o700)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new ConsoleError({
      category: 'CONTEXT_CORRUPTED',
      message: `the browser profile ${profile} cannot be opened: ${code === 'EEXIST' || code === 'ENOTDIR' ? 'it is not a folder' : message}.`,
      suggestion: code === 'EACCES' || code === 'EPERM' || code === 'EROFS' ? 'Make it writable for this user.' : resetSuggestion,
    })
  }
}

function throwIfLocked(profile: string): void {
  const holder = findBrowserOn(profile)
  if (holder !== undefined) throw lockedError(holder, profile)
}

function lockedError(holder: { pid: number; host: string } | undefined, profile: string): ConsoleError {
  const here = holder === undefined || holder.host === os.hostname()
  return new ConsoleError({
    category: 'CONTEXT_CORRUPTED',
    message: `a browser ${holder === undefined ? '' : here ? `(process ${holder.pid}) ` : `on the machine ${holder.host} `}has the profile ${profile} open.`,
    suggestion: here
      ? 'Close that browser; the profile itself is intact.'
      : `Close it there. If no such machine uses this DATA_DIR, remove ${profile}/SingletonLock.`,
    reason: 'locked',
  })
}

function toLaunchError(error: Error, profile: string, executablePath: string): ConsoleError {
  const { message } = error
  const holder = findBrowserOn(profile)
  if (holder !== undefined || /existing browser session|ProcessSingleton|profile (?:appears to be|is already) in use/i.test(message))
    return lockedError(holder, profile)
  if (/sandbox/i.test(message) && /No usable sandbox|SUID sandbox|namespace/i.test(message)) {
    return new ConsoleError({
      category: 'UNKNOWN',
      message: "the browser's sandbox does not work here, and the browser does not start without it.",
      suggestion: 'Allow user namespaces, or set BROWSER_PATH to a script that starts it with --no-sandbox "$@".',
    })
  }
  if (/ENOENT|EACCES|ENOEXEC|spawn/i.test(message) && /spawn/i.test(message)) {
    return new ConsoleError({
      category: 'UNKNOWN',
      message: `${executablePath} could not be started: ${firstLine(message)}`,
      suggestion: 'Set BROWSER_PATH to a Chrome or Chromium.',
    })
  }
  if (/missing X server|\$DISPLAY|ozone_platform|Failed to connect to Wayland/i.test(message)) {
    return new ConsoleError({
      category: 'UNKNOWN',
      message: 'the browser found no display.',
      suggestion: 'Run `signalbox web login` on a desktop, or over `ssh -X`.',
    })
  }
  // A busy machine or a lack of memory does not mean that the profile is damaged.
  if (/timeout \d+ms exceeded/i.test(message) || /signal=SIG(?:KILL|TERM)/.test(message)) {
    return new ConsoleError({
      category: 'UNKNOWN',
      message: `the browser did not start: ${firstLine(message)}`,
      suggestion: 'It will be retried.',
    })
  }
  if (/error while loading shared libraries/i.test(message)) {
    return new ConsoleError({
      category: 'UNKNOWN',
      message: `${executablePath} does not start on this machine: a library is missing.`,
      suggestion: 'Install it with its package manager, or set BROWSER_PATH to another browser.',
    })
  }
  return new ConsoleError({
    category: 'CONTEXT_CORRUPTED',
    message: `the browser does not start on the profile ${profile}: ${firstLine(message)}`,
    suggestion: resetSuggestion,
  })
}
