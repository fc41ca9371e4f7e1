import { ui } from './en/ui.tsx'
import { isGerman } from './language.ts'

export const t = isGerman ? (await import('./de/ui.tsx')).ui : ui
