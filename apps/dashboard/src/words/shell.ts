import { shell } from './en/shell.tsx'
import { isGerman } from './language.ts'

export const t = isGerman ? (await import('./de/shell.tsx')).shell : shell
