import { sessions } from './en/sessions.tsx'
import { isGerman } from './language.ts'

export const t = isGerman ? (await import('./de/sessions.tsx')).sessions : sessions
