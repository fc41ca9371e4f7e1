import { session } from './en/session.tsx'
import { isGerman } from './language.ts'

export const t = isGerman ? (await import('./de/session.tsx')).session : session
