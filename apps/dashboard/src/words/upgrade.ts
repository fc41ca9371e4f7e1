import { upgrade } from './en/upgrade.ts'
import { isGerman } from './language.ts'

export const t = isGerman ? (await import('./de/upgrade.ts')).upgrade : upgrade
