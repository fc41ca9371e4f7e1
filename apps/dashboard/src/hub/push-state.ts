import { t } from '../words/hub.ts'

/** Whether this browser can show notifications of the hub, and what is in the way. */
export type PushState =
  /** The page was not opened over https, nor on the hub's own machine. */
  | 'insecure'
  /** iOS and iPadOS show notifications only of a page that was added to the home screen. */
  | 'needs_home_screen'
  | 'unsupported'
  /** A person has forbidden notifications of this page. */
  | 'denied'
  | 'off'
  | 'on'

export interface PushFacts {
  readonly isSecure: boolean
  readonly hasServiceWorker: boolean
  readonly hasPushManager: boolean
  /** Undefined where the browser has no notifications. */
  readonly permission: NotificationPermission | undefined
  readonly isAppleTouch: boolean
  readonly isStandalone: boolean
  readonly isSubscribed: boolean
}

export function toPushState(facts: PushFacts): PushState {
  const { isSecure, hasServiceWorker, hasPushManager, permission, isAppleTouch, isStandalone, isSubscribed } = facts
  if (!isSecure) return 'insecure'
  if (!hasServiceWorker || !hasPushManager || permission === undefined) {
    return isAppleTouch && !isStandalone ? 'needs_home_screen' : 'unsupported'
  }
  if (permission === 'denied') return 'denied'
  return isSubscribed && permission === 'granted' ? 'on' : 'off'
}

/** A browser by the name that people know, from its user agent: `Firefox on Linux`. */
export function browserName(userAgent: string): string {
  const find = (names: readonly (readonly [RegExp, string])[]) => names.find(([pattern]) => pattern.test(userAgent))?.[1]
  const program = find([
    [/Edg\//, 'Edge'],
    [/OPR\//, 'Opera'],
    [/Firefox\/|FxiOS\//, 'Firefox'],
    [/Chrome\/|CriOS\//, 'Chrome'],
    [/Safari\//, 'Safari'],
  ])
  const system = find([
    [/iPhone/, 'iPhone'],
    [/iPad/, 'iPad'],
    [/Android/, 'Android'],
    [/Windows/, 'Windows'],
    [/Mac OS X/, 'macOS'],
    [/CrOS/, 'ChromeOS'],
    [/Linux/, 'Linux'],
  ])
  const name = program ?? t.aBrowser
  return system === undefined ? name : t.browserOn(name, system)
}
