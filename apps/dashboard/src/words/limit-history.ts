import { limitHistory } from './en/limit-history.tsx'
import { isGerman } from './language.ts'

export const t = isGerman ? (await import('./de/limit-history.tsx')).limitHistory : limitHistory
