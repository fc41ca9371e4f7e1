import { blocks } from './en/blocks.ts'
import { isGerman } from './language.ts'

export const t = isGerman ? (await import('./de/blocks.ts')).blocks : blocks
