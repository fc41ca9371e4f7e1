import { channels } from './en/channels.tsx'
import { isGerman } from './language.ts'

export const t = isGerman ? (await import('./de/channels.tsx')).channels : channels
