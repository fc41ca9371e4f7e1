import { chmodSync, mkdirSync, statSync } from 'node:fs'
import os from 'node:os'
import { findBrowser, isProgram } from '@signalbox/browser/find-browser'
import { type BrowserContext, chromium } from 'playwright-core'
import { ConsoleError, firstLine } from './console-error.ts'
import { browserOn, endBrowser, MARK } from './processes.ts'

export interface BrowserOptions {
  readonly profile: string
  /** For the settings a browser is found by. */
  readonly env: NodeJS.ProcessEnv
  /** `hidden` reads, as lightly as it can; `visible` is for a person who signs in. */
  readonly as: 'hidden' | 'visible'
  /** More flags, such as those of a machine without a screen. */
  readonly flags?: readonly string[]
  /** Milliseconds. */
  readonly timeout: number
}

export interface OpenBrowser {
  readonly context: BrowserContext
  /** Closes it and makes sure that no process of it is left. @returns how many had to be killed */
  close(): Promise<number>
}

/** Milliseconds that it gets to end by itself; one in which somebody has signed in has that to write. */
const GRACE = { hidden: 2_500, visible: 15_000 }

const appendix = (name: string, features: string) => `--${name}=${features.trim().split(/\s+/).join(',')}`

/** Flags may be given several times and the last one counts, so the driver's own are repeated. */
const driversOff = `AvoidUnnecessaryBeforeUnloadCheckSync DestroyProfileOnBrowserClose HttpsUpgrades HttpsFirstBalancedModeAutoEnable
  LensOverlay MediaRouter PaintHolding ThirdPartyStoragePartitioning AvoidCorsURLLoaderRestartOnRedirect OptimizationHints
  NetworkTimeServiceQuerying AimEnabled PreconnectToSearch`
const light: readonly string[] = [
  // Pictures, fonts and sound are nothing to us, and the graphics process with them.
  '--blink-settings=imagesEnabled=false',
  '--disable-remote-fonts',
  '--mute-audio',
  // Forks helpers without a sandbox, of which there are none here.
  '--no-unsandboxed-zygote',
  '--disable-gpu',
  '--disable-software-rasterizer',
  '--in-process-gpu',
  '--enable-low-end-device-mode',
  // Two renderers that nobody looks at, one of them for the address bar, are 100 MB.
  appendix('disable-features', `${driversOff} SpareRendererForSitePerProcess PreloadTopChromeWebUI WebUIOmniboxPopup WebUIOmniboxAimPopup`),
  appendix('enable-features', 'CDPScreenshotNewSurface SkipListAccountsWithoutGaiaCookies NetworkServiceInProcess2'),
  `--disk-cache-size=${64 * 1024 * 1024}`,
]

/**
 * Opens the user's browser on the profile, which is made where it is not there.
 * @throws ConsoleError
 */
export async function openBrowser({ profile, env, as, flags = [], timeout }: BrowserOptions): Promise<OpenBrowser> {
  const executablePath = program(env)
  makeProfile(profile)
  refuseLocked(profile)
  const root = process.getuid?.() === 0
  let context: BrowserContext
  try {
    context = await chromium.launchPersistentContext(profile, {
      executablePath,
      headless: as === 'hidden',
      // Chrome cannot have its sandbox as root.
      chromiumSandbox: !root,
      args: [...(as === 'hidden' ? light : ['--no-default-browser-check']), ...flags],
      // A person signs in, so it is no automation, and pages and password managers should not take it for one.
      ...(as === 'visible'
        ? { ignoreDefaultArgs: ['--enable-automation'], viewport: null }
        : { viewport: { width: 900, height: 700 }, locale: 'en-US' }),
      acceptDownloads: false,
      serviceWorkers: as === 'hidden' ? 'block' : 'allow',
      env: { ...(process.env as Record<string, string>), [MARK]: profile },
      timeout,
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    })
  } catch (error) {
    await endBrowser(profile)
    throw launchError(error as Error, profile, executablePath)
  }
  return {
    context,
    close: async () => {
      const closed = context.close().then(
        () => true,
        () => true,
      )
      await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, GRACE[as]).unref())])
      return endBrowser(profile)
    },
  }
}

function program(env: NodeJS.ProcessEnv): string {
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
      message: `BROWSER_PATH is "${found.path}", which is no program.`,
      suggestion: 'Correct it, or unset it so that a browser is looked for.',
    })
  }
  return found.path
}

const reset = 'Take it away with `signalbox console reset`, and sign in again with `signalbox console login`.'

function makeProfile(profile: string): void {
  try {
    mkdirSync(profile, { recursive: true, mode: 0o700 })
    if (!statSync(profile).isDirectory()) throw new Error('it is no folder')
    // It holds a sign-in: nobody else's business, however it came here.
    chmodSync(profile, 0o700)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new ConsoleError({
      category: 'CONTEXT_CORRUPTED',
      message: `the browser profile ${profile} cannot be opened: ${code === 'EEXIST' || code === 'ENOTDIR' ? 'it is no folder' : message}.`,
      suggestion: code === 'EACCES' || code === 'EPERM' || code === 'EROFS' ? 'Make it writable for this user.' : reset,
    })
  }
}

function refuseLocked(profile: string): void {
  const holder = browserOn(profile)
  if (holder !== undefined) throw locked(holder, profile)
}

function locked(holder: { pid: number; host: string } | undefined, profile: string): ConsoleError {
  const here = holder === undefined || holder.host === os.hostname()
  return new ConsoleError({
    category: 'CONTEXT_CORRUPTED',
    message: `a browser ${holder === undefined ? '' : here ? `(process ${holder.pid}) ` : `on the machine ${holder.host} `}has the profile ${profile} open.`,
    suggestion: here
      ? 'Close that browser; the profile itself is whole.'
      : `Close it there. Where no such machine has DATA_DIR, remove ${profile}/SingletonLock.`,
    reason: 'locked',
  })
}

function launchError(error: Error, profile: string, executablePath: string): ConsoleError {
  const { message } = error
  const holder = browserOn(profile)
  if (holder !== undefined || /existing browser session|ProcessSingleton|profile (?:appears to be|is already) in use/i.test(message))
    return locked(holder, profile)
  if (/sandbox/i.test(message) && /No usable sandbox|SUID sandbox|namespace/i.test(message)) {
    return new ConsoleError({
      category: 'UNKNOWN',
      message: 'the browser cannot have its sandbox here, and does not start without.',
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
      suggestion: 'Run `signalbox console login` on a desktop, or over `ssh -X`.',
    })
  }
  // A machine that is busy, or has run out of memory, says nothing of the profile.
  if (/timeout \d+ms exceeded/i.test(message) || /signal=SIG(?:KILL|TERM)/.test(message)) {
    return new ConsoleError({
      category: 'UNKNOWN',
      message: `the browser did not start: ${firstLine(message)}`,
      suggestion: 'It is tried again.',
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
    suggestion: reset,
  })
}
