import { budgets } from './en/budgets.tsx'
import { isGerman } from './language.ts'

export const t = isGerman ? (await import('./de/budgets.tsx')).budgets : budgets
