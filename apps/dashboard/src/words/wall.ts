import { wall } from './en/wall.ts'
import { isGerman } from './language.ts'

export const t = isGerman ? (await import('./de/wall.ts')).wall : wall
