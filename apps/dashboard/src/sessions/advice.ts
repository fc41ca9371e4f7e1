import { isGerman } from '../words/language.ts'
import { t } from '../words/session.ts'

const german = isGerman ? await import('../words/de/packages/advice.ts') : undefined

export interface AdviceLine {
  readonly text: string
  /** Where it is not the page's. */
  readonly lang?: 'en'
}

const LAST_DONE = /^The task completed last is (.+)\.$/
const RECOVER = /^POST …\/recover makes it active again \((\d+) of (\d+) left\)\.$/

/**
 * What the hub recommends, for people: a request to it is the button that sends it, or is left out where the page shows its answer.
 * @param taskName the name of a task by its id
 */
export function toAdvice(lines: readonly string[], taskName: (id: string) => string | undefined = () => undefined): AdviceLine[] {
  return [...new Set(lines)].flatMap((line): AdviceLine[] => {
    const [, left, most] = RECOVER.exec(line) ?? []
    if (left !== undefined && most !== undefined) return [{ text: t.recoverMakesItActive(Number(left), Number(most)) }]
    if (/^(GET|POST) /.test(line)) return []
    const id = LAST_DONE.exec(line)?.[1]
    if (id !== undefined) return [{ text: t.theTaskCompletedLast(taskName(id) ?? id) }]
    const text = german?.germanAdvice(line)
    return [text === undefined ? { text: line, ...(isGerman ? { lang: 'en' } : {}) } : { text }]
  })
}
