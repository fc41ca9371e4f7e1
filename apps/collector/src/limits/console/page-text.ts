import { MAX_WINDOWS } from '@signalbox/contract/limit-source'
import { allModelsLabel, type LimitSnapshot, type PlanWindow, scopedLabel, sessionLabel, windowKey } from '@signalbox/usage/limit-snapshot'
import { type PageWords, pageWords } from './page-words.ts'
import { resetTime } from './reset-time.ts'

export interface PageContext {
  /** Milliseconds: when the page was read. */
  readonly now: number
  /** The IANA zone of the page's clock. */
  readonly zone: string
  /** What the page says its language is, such as `de` or `en-GB`; empty when it does not. */
  readonly language: string
}

/** What the text of the usage page says; the rest of a snapshot is known to whoever read it. */
export type PageLimits = Pick<LimitSnapshot, 'windows' | 'plan' | 'extraUsage' | 'errors' | 'isPartial'>

type Named = Pick<PlanWindow, 'kind' | 'scope' | 'label'>
type Line = { readonly text: string } & (
  | { readonly is: 'plan' | 'weekly' | 'extra' | 'updated' | 'other' }
  | { readonly is: 'label'; readonly window: Named }
  | { readonly is: 'used'; readonly percent: number }
  | { readonly is: 'reset'; readonly words: string; readonly relative: boolean }
  | { readonly is: 'idle' }
)

/** A row's number and its reset stand this many lines after its label at most. */
const ROW_LINES = 5
/** Characters of the page in a message. */
const SHOWN = 120

/**
 * Reads the rows of the usage page from its visible text: a label, and after it the single `N% used` and the reset. A
 * percentage in a sentence is no row's, and a row that is not whole is `unreadable`, never zero.
 * @param text one line of the page a line
 */
export function readPageText(text: string, context: PageContext): PageLimits {
  const lines = linesOf(text)
  const words = wordsOf(lines, context.language)
  const page = { ...context, language: context.language || words.language }
  const marked = mark(lines, words)
  const windows = new Map<string, PlanWindow>()
  const errors: Record<string, string> = {}
  for (const [index, line] of marked.entries()) {
    if (line.is !== 'label') continue
    const window = { ...line.window, ...rowAfter(marked, index, page) }
    const key = windowKey(window)
    const before = windows.get(key)
    if (before === undefined || (before.state === 'unreadable' && window.state !== 'unreadable')) windows.set(key, window)
    else if (window.state !== 'unreadable' && window.percentUsed !== before.percentUsed) {
      const problem = `the page has two rows of this name, with ${before.percentUsed}% and ${window.percentUsed}%`
      windows.set(key, { ...line.window, state: 'unreadable', problem })
    }
  }
  const found = [...windows.values()].slice(0, MAX_WINDOWS)
  // The page is not the usage page at all: then there is nothing of which a part could be missing.
  if (!found.some(({ state }) => state !== 'unreadable')) return { windows: found, isPartial: true }
  const weekly = found.some(({ kind }) => kind !== 'session')
  if (!windows.has('session')) errors.currentSession = 'there is no row of this name on the page'
  if (!weekly) errors.allModels = 'there is no row of the weekly limits on the page'
  const plan = planOf(marked)
  const extraUsage = extraOf(marked, page)
  return {
    windows: found,
    ...(plan === undefined ? {} : { plan }),
    ...(extraUsage === undefined ? {} : { extraUsage }),
    ...(Object.keys(errors).length === 0 ? {} : { errors }),
    isPartial: Object.keys(errors).length > 0 || found.some(({ state }) => state === 'unreadable'),
  }
}

/** Whether a page is the usage page, however little of it can be read. */
export function looksLikeUsagePage(text: string, language: string): boolean {
  const lines = linesOf(text)
  const words = wordsOf(lines, language)
  return lines.some((line) => words.plan.test(line) || words.session.test(line) || words.weekly.test(line))
}

function linesOf(text: string): string[] {
  return text
    .split(/[\n\r\t]+/)
    .map((line) =>
      line
        .replace(/[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, '')
        .replace(/\s+/g, ' ')
        .trim(),
    )
    .filter((line) => line !== '')
}

/** The language of which most lines are known; what the page says of itself decides a tie. */
function wordsOf(lines: readonly string[], language: string): PageWords {
  const known = (words: PageWords) =>
    lines.filter((line) => [words.session, words.weekly, words.allModels, words.used, words.idle].some((pattern) => pattern.test(line)))
      .length
  const said = language.toLowerCase().split('-')[0]
  const ranked = pageWords.map((words) => ({ words, score: known(words) + (words.language === said ? 0.5 : 0) }))
  return ranked.reduce((best, one) => (one.score > best.score ? one : best)).words
}

function mark(lines: readonly string[], words: PageWords): Line[] {
  const first = lines.map((text) => markAlone(text, words))
  let section: 'none' | 'weekly' | 'extra' = 'none'
  return first.map((line, index): Line => {
    if (line.is === 'weekly') section = 'weekly'
    else if (line.is === 'extra') section = 'extra'
    else if (line.is === 'plan' || (line.is === 'label' && line.window.kind === 'session')) section = 'none'
    else if (line.is === 'label' && section === 'none') section = 'weekly'
    if (line.is !== 'other' || section !== 'weekly') return line
    const scope = oneOf(words.only.exec(line.text))
    if (scope !== undefined && isName(scope))
      return { ...line, is: 'label', window: { kind: 'weekly_scoped', scope, label: scopedLabel(scope) } }
    // A row of tomorrow, which no word gives away, is known by being built like a row.
    const [next, after] = [first[index + 1]?.is, first[index + 2]?.is]
    const isRow =
      (next === 'used' && (after === 'reset' || after === 'idle')) || ((next === 'reset' || next === 'idle') && after === 'used')
    if (!isRow || !isName(line.text)) return line
    return { ...line, is: 'label', window: { kind: 'weekly_scoped', scope: line.text, label: line.text } }
  })
}

function markAlone(text: string, words: PageWords): Line {
  if (words.session.test(text)) return { text, is: 'label', window: { kind: 'session', label: sessionLabel } }
  if (words.allModels.test(text)) return { text, is: 'label', window: { kind: 'weekly_all', label: allModelsLabel } }
  if (words.weekly.test(text)) return { text, is: 'weekly' }
  if (words.extra.test(text)) return { text, is: 'extra' }
  if (words.plan.test(text)) return { text, is: 'plan' }
  if (words.updated.test(text)) return { text, is: 'updated' }
  if (words.idle.test(text)) return { text, is: 'idle' }
  const used = oneOf(words.used.exec(text))
  if (used !== undefined) return { text, is: 'used', percent: Number(used.replace(',', '.')) }
  for (const { line, relative } of words.resets) {
    const said = oneOf(line.exec(text))
    if (said !== undefined && !said.includes('%')) return { text, is: 'reset', words: said, relative }
  }
  // Some rows say only how long it will be.
  if (!text.includes('%') && resetTime(text, { now: 0, zone: 'UTC', relative: true }) !== undefined)
    return { text, is: 'reset', words: text, relative: true }
  return { text, is: 'other' }
}

const oneOf = (match: RegExpExecArray | null) => match?.slice(1).find((group) => group !== undefined)

/** A name of a row: short, no sentence, and nothing that invites to press it. */
function isName(text: string): boolean {
  return (
    text.length <= 40 &&
    text.split(' ').length <= 3 &&
    !/[%.!?:,;]$|%|^\d+$/.test(text) &&
    !/^(?:learn|read|see|show|hide|view|get|turn|upgrade|manage|buy|try|add|adjust|new|beta|mehr|weitere|en savoir|más|saiba|scopri)\b/i.test(
      text,
    )
  )
}

/** What stands between a label and the next thing that is none of its own. */
function rowAfter(
  lines: readonly Line[],
  label: number,
  context: PageContext,
): Pick<PlanWindow, 'percentUsed' | 'resetsAt' | 'resetsText' | 'state' | 'problem'> {
  const row: Line[] = []
  for (const line of lines.slice(label + 1, label + 1 + ROW_LINES)) {
    // Another heading, though we do not know it: what follows is not of this row.
    if (line.is === 'label' || line.is === 'weekly' || line.is === 'extra' || line.is === 'plan' || line.is === 'updated') break
    if (line.is === 'other' && isName(line.text) && !/\d/.test(line.text)) break
    row.push(line)
  }
  const said = row.map(({ text }) => text).join(' / ')
  const beside = said === '' ? 'nothing' : `"${said.length > SHOWN ? `${said.slice(0, SHOWN)}…` : said}"`.toWellFormed()
  const unreadable = (why: string) => ({ state: 'unreadable' as const, problem: `${why}; beside it stands ${beside}` })

  const numbers = row.filter((line) => line.is === 'used')
  const resets = row.filter((line) => line.is === 'reset' || line.is === 'idle')
  const [number] = numbers
  const [reset] = resets
  if (number === undefined) return unreadable('the row has no percentage')
  if (numbers.length > 1) return unreadable('the row has more than one percentage')
  if (resets.length > 1) return unreadable('the row has more than one reset')
  const percentUsed = number.percent
  if (percentUsed > 100) return unreadable('the percentage is over 100')
  if (reset === undefined) {
    // Words we do not understand, with a number in them, are still the page's own words of when.
    const others = row.filter((line) => line.is === 'other' && /\d/.test(line.text) && !line.text.includes('%') && line.text.length <= 60)
    if (others.length !== 1 || row.length !== 2) return unreadable('the row does not say when it resets')
    return { percentUsed, resetsText: others[0]?.text ?? '', state: 'known' }
  }
  if (reset.is === 'idle') {
    if (percentUsed > 0) return unreadable('the row says that it has not begun, and that some is used')
    return { percentUsed, state: 'idle' }
  }
  const resetsAt = resetTime(reset.words, { now: context.now, zone: context.zone, language: context.language, relative: reset.relative })
  return { percentUsed, resetsText: reset.words.slice(0, 100), ...(resetsAt === undefined ? {} : { resetsAt }), state: 'known' }
}

/** `Max (5x)` below `Plan usage limits`. */
function planOf(lines: readonly Line[]): PageLimits['plan'] {
  const below = lines[lines.findIndex(({ is }) => is === 'plan') + 1]
  if (below === undefined || lines.every(({ is }) => is !== 'plan') || below.is !== 'other') return undefined
  const [, name, tier] = /^((?:Claude )?\p{Lu}[\p{L}]{1,20})(?: \(([^()]{1,20})\)| (\d+x))?$/u.exec(below.text) ?? []
  return name === undefined ? undefined : { name, ...(tier === undefined ? {} : { tier }) }
}

/** The one number and reset below `Extra usage`, which is no window of the plan. */
function extraOf(lines: readonly Line[], context: PageContext): Record<string, unknown> | undefined {
  const start = lines.findIndex(({ is }) => is === 'extra')
  if (start < 0) return undefined
  const own = lines.slice(start + 1).filter(({ is }) => is === 'used' || is === 'reset')
  const numbers = own.filter((line) => line.is === 'used')
  const resets = own.filter((line) => line.is === 'reset')
  const [number] = numbers
  if (number === undefined || numbers.length > 1) return undefined
  const [reset] = resets.length === 1 ? resets : []
  const at = reset === undefined ? undefined : resetTime(reset.words, { ...context, relative: reset.relative })
  return {
    percentageUsed: number.percent,
    ...(reset === undefined ? {} : { resetsIn: reset.words.slice(0, 100) }),
    ...(at === undefined ? {} : { resetsAt: new Date(at).toISOString() }),
  }
}
