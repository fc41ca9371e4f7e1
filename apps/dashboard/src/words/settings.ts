import { settings } from './en/settings.tsx'
import { isGerman } from './language.ts'

export const t = isGerman ? (await import('./de/settings.tsx')).settings : settings
