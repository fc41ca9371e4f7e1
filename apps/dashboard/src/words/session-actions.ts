import { sessionActions } from './en/session-actions.tsx'
import { isGerman } from './language.ts'

export const t = isGerman ? (await import('./de/session-actions.tsx')).sessionActions : sessionActions
