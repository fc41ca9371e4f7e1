import { questions } from './en/questions.tsx'
import { isGerman } from './language.ts'

export const t = isGerman ? (await import('./de/questions.tsx')).questions : questions
