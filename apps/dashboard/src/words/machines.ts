import { machines } from './en/machines.tsx'
import { isGerman } from './language.ts'

export const t = isGerman ? (await import('./de/machines.tsx')).machines : machines
