import type { CurrentLimits } from '@signalbox/contract/current-limits'
import { hubPath } from '../ui/hub-url.ts'
import { type Stored, stored } from '../ui/stored.ts'
import { hubClockOffset, restoreHubClock } from './hub-clock.ts'

/** Two hubs below paths of one host share its storage. */
const STORAGE_KEY = `signalbox.limits${hubPath}`
/** The key of an account's limits; of the only account's without its id. No path has the space between them. */
const storageKey = (account: string | undefined) => (account === undefined ? STORAGE_KEY : `${STORAGE_KEY} ${account}`)

/** The last limits received: they survive a reload while the hub is unreachable. */
export interface SavedLimits {
  readonly get: () => CurrentLimits | undefined
  readonly save: (limits: CurrentLimits) => void
  readonly clear: () => void
}

export interface SavedLimitsOptions {
  readonly storage: Stored
  readonly clockOffset: () => number
  /** Called with the clock offset that was saved. */
  readonly onClockOffset: (offset: number) => void
}

export function createSavedLimits({ storage, clockOffset, onClockOffset }: SavedLimitsOptions, account?: string): SavedLimits {
  const key = storageKey(account)
  let loaded = false
  let last: CurrentLimits | undefined
  return {
    get() {
      if (!loaded) {
        loaded = true
        const kept = parse(storage.read(key))
        if (isObject(kept) && isCurrentLimits(kept.reading)) {
          last = kept.reading
          if (typeof kept.ahead === 'number') onClockOffset(kept.ahead)
        }
      }
      return last
    },
    save(limits) {
      loaded = true
      last = limits
      storage.write(key, JSON.stringify({ reading: limits, ahead: clockOffset() }))
    },
    clear() {
      loaded = true
      last = undefined
      storage.write(key, undefined)
    },
  }
}

const saved = new Map<string | undefined, SavedLimits>()

/** The saved limits of an account. @param account undefined for the only one */
export function savedLimits(account: string | undefined): SavedLimits {
  let one = saved.get(account)
  if (one === undefined) {
    one = createSavedLimits({ storage: stored, clockOffset: hubClockOffset, onClockOffset: restoreHubClock }, account)
    saved.set(account, one)
  }
  return one
}

/** Removes the saved limits of all accounts. */
export function clearSavedLimits(): void {
  saved.clear()
  for (const key of stored.keys()) if (key === STORAGE_KEY || key.startsWith(`${STORAGE_KEY} `)) stored.write(key, undefined)
}

function parse(text = 'null'): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** An older version of the page may have written it: every field that the card renders must exist with its type. */
function isCurrentLimits(value: unknown): value is CurrentLimits {
  if (!isObject(value) || Number.isNaN(Date.parse(String(value.lastUpdated)))) return false
  const { weeklyLimits = {}, currentSession, planInfo = {}, extractionErrors = {} } = value
  if (!isObject(weeklyLimits) || !isObject(planInfo) || !isObject(extractionErrors)) return false
  const windows = [...Object.values(weeklyLimits), ...(currentSession === undefined ? [] : [currentSession])]
  return windows.every((window) => isObject(window) && typeof window.percentageUsed === 'number')
}
