import { stored } from '../ui/stored.ts'

const STORAGE_KEY = 'signalbox.last-visit'
/** When this page was last left before it was loaded, as ISO 8601; undefined on the first visit. */
export const lastVisit = readLastVisit()

function readLastVisit(): string | undefined {
  const kept = Date.parse(stored.read(STORAGE_KEY) ?? '')
  return Number.isNaN(kept) ? undefined : new Date(kept).toISOString()
}

/** Notes the time whenever the page is left. @returns how to stop */
export function noteVisits(): () => void {
  const note = () => document.visibilityState === 'hidden' && stored.write(STORAGE_KEY, new Date().toISOString())
  document.addEventListener('visibilitychange', note)
  return () => document.removeEventListener('visibilitychange', note)
}
