import { today } from './en/today.tsx'
import { isGerman } from './language.ts'

export const t = isGerman ? (await import('./de/today.tsx')).today : today
