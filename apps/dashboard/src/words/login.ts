import { login } from './en/login.tsx'
import { isGerman } from './language.ts'

export const t = isGerman ? (await import('./de/login.tsx')).login : login
