import { limits } from './en/limits.tsx'
import { isGerman } from './language.ts'

export const t = isGerman ? (await import('./de/limits.tsx')).limits : limits
