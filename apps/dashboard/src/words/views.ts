import { views } from './en/views.ts'
import { isGerman } from './language.ts'

export const t = isGerman ? (await import('./de/views.ts')).views : views
