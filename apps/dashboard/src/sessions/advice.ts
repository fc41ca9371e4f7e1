import { isGerman } from '../words/language.ts'
import { t } from '../words/session.ts'

const german = isGerman ? await import('../words/de/packages/advice.ts') : undefined

export interface AdviceLine {
  readonly text: string
  /** Where it is not the page's. */
  readonly lang?: 'en'
}

const RECOVER = /^POST …\/recover makes it active again \((\d+) of (\d+) left\)\.$/

/** What the hub recommends, for people: a request to it is the button that sends it, or is left out where the page shows its answer. */
export function toAdvice(lines: readonly string[]): AdviceLine[] {
  return [...new Set(lines)].flatMap((line): AdviceLine[] => {
    const [, left, most] = RECOVER.exec(line) ?? []
    if (left !== undefined && most !== undefined) return [{ text: t.recoverMakesItActive(Number(left), Number(most)) }]
    if (/^(GET|POST) /.test(line)) return []
    const text = german?.germanAdvice(line)
    return [text === undefined ? { text: line, ...(isGerman ? { lang: 'en' } : {}) } : { text }]
  })
}
