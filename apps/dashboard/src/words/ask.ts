import { ask } from './en/ask.tsx'
import { isGerman } from './language.ts'

export const t = isGerman ? (await import('./de/ask.tsx')).ask : ask
