import { hub } from './en/hub.ts'
import { isGerman } from './language.ts'

export const t = isGerman ? (await import('./de/hub.ts')).hub : hub
