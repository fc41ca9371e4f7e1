import { board } from './en/board.tsx'
import { isGerman } from './language.ts'

export const t = isGerman ? (await import('./de/board.tsx')).board : board
