import type { CurrentLimitReading } from '@signalbox/contract/limits'
import { hubAhead, rememberHubClock } from './hub-clock.ts'

const STORED = 'signalbox.limits'

/** The last good reading: it stays when the page is loaded again while the hub is away. */
export interface KeptReading {
  readonly last: () => CurrentLimitReading | undefined
  readonly keep: (reading: CurrentLimitReading) => void
  readonly forget: () => void
}

export interface KeptReadingOptions {
  /** Hands over the browser's storage; may throw, as all of its methods may. */
  readonly storage: () => Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
  readonly ahead: () => number
  readonly onAhead: (ahead: number) => void
}

export function createKeptReading({ storage, ahead, onAhead }: KeptReadingOptions): KeptReading {
  // A storage that is full, forbidden or broken only means that a reload begins anew.
  const quietly = <T>(run: () => T): T | undefined => {
    try {
      return run()
    } catch {
      return undefined
    }
  }
  let asked = false
  let last: CurrentLimitReading | undefined
  return {
    last() {
      if (!asked) {
        asked = true
        const kept = quietly(() => JSON.parse(storage().getItem(STORED) ?? 'null') as unknown)
        if (isObject(kept) && isReading(kept.reading)) {
          last = kept.reading
          if (typeof kept.ahead === 'number') onAhead(kept.ahead)
        }
      }
      return last
    },
    keep(reading) {
      asked = true
      last = reading
      quietly(() => storage().setItem(STORED, JSON.stringify({ reading, ahead: ahead() })))
    },
    forget() {
      asked = true
      last = undefined
      quietly(() => storage().removeItem(STORED))
    },
  }
}

export const keptReading = createKeptReading({ storage: () => localStorage, ahead: hubAhead, onAhead: rememberHubClock })

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whoever wrote it may have been an older page: what the card draws from is there, and of its kind. */
function isReading(value: unknown): value is CurrentLimitReading {
  if (!isObject(value) || Number.isNaN(Date.parse(String(value.lastUpdated)))) return false
  const { weeklyLimits = {}, currentSession, planInfo = {}, extractionErrors = {} } = value
  if (!isObject(weeklyLimits) || !isObject(planInfo) || !isObject(extractionErrors)) return false
  const windows = [...Object.values(weeklyLimits), ...(currentSession === undefined ? [] : [currentSession])]
  return windows.every((window) => isObject(window) && typeof window.percentageUsed === 'number')
}
