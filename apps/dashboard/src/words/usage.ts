import { usage } from './en/usage.tsx'
import { isGerman } from './language.ts'

export const t = isGerman ? (await import('./de/usage.tsx')).usage : usage
