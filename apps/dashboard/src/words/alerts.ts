import { alerts } from './en/alerts.tsx'
import { isGerman } from './language.ts'

export const t = isGerman ? (await import('./de/alerts.tsx')).alerts : alerts
