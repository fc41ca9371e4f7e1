import { palette } from './en/palette.ts'
import { isGerman } from './language.ts'

export const t = isGerman ? (await import('./de/palette.ts')).palette : palette
