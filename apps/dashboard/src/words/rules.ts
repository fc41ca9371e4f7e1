import { rules } from './en/rules.tsx'
import { isGerman } from './language.ts'

export const t = isGerman ? (await import('./de/rules.tsx')).rules : rules
