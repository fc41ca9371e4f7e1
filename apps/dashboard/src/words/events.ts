import { events } from './en/events.ts'
import { isGerman } from './language.ts'

export const t = isGerman ? (await import('./de/events.ts')).events : events
