import type { ExtraUsage } from '@signalbox/contract/extra-usage'
import { allModelsLabel, MAX_PERCENT_USED, scopedLabel, sessionLabel } from '@signalbox/contract/limit-label'
import { MAX_WINDOWS } from '@signalbox/contract/limit-source'
import { readExtraUsage } from '@signalbox/usage/extra-usage'
import { type LimitSnapshot, type PlanWindow, windowKey } from '@signalbox/usage/limit-snapshot'
import { findAmounts } from './page-money.ts'
import { type PageWords, pageWords } from './page-words.ts'
import { parseResetTime } from './reset-time.ts'

export interface PageContext {
  /** The time of the snapshot, in milliseconds. */
  readonly now: number
  /** The page's IANA time zone. */
  readonly zone: string
  /** The page's own language tag, such as `de` or `en-GB`; may be empty. */
  readonly language: string
}

/** The part of a snapshot that is in the page's text; the caller adds the rest, also which rows are missing (`page-rows.ts`). */
export type PageLimits = Pick<LimitSnapshot, 'windows' | 'plan' | 'extraUsage' | 'isPartial'>

type Named = Pick<PlanWindow, 'kind' | 'scope' | 'label'>
type Line = { readonly text: string } & (
  | { readonly is: 'plan' | 'weekly' | 'extra' | 'updated' | 'other' }
  | { readonly is: 'label'; readonly window: Named }
  | { readonly is: 'used'; readonly percent: number }
  | { readonly is: 'reset'; readonly words: string; readonly relative: boolean }
  | { readonly is: 'idle' }
)

/** The percentage and the reset of a row are within this many lines after its label. */
const MAX_ROW_LINES = 5
/** Longer excerpts of the page in a message are cut to this many characters. */
const MAX_EXCERPT_LENGTH = 120

/**
 * Parses the rows of the usage page from its visible text: a label followed by one `N% used` and one reset. Percentages in
 * sentences are ignored, and an incomplete row is `unreadable`, never zero.
 * @param text the page's lines, separated by newlines
 */
export function readPageText(text: string, context: PageContext): PageLimits {
  const lines = splitLines(text)
  const words = detectLanguage(lines, context.language)
  const page = { ...context, language: context.language || words.language }
  const marked = classify(lines, words)
  const windows = new Map<string, PlanWindow>()
  for (const [index, line] of marked.entries()) {
    if (line.is !== 'label') continue
    const window = { ...line.window, ...parseRow(marked, index, page) }
    const key = windowKey(window)
    const before = windows.get(key)
    if (before === undefined || (before.state === 'unreadable' && window.state !== 'unreadable')) windows.set(key, window)
    else if (window.state !== 'unreadable' && window.percentUsed !== before.percentUsed) {
      const problem = `the page has two rows of this name, with ${before.percentUsed}% and ${window.percentUsed}%`
      windows.set(key, { ...line.window, state: 'unreadable', problem })
    }
  }
  const found = [...windows.values()].slice(0, MAX_WINDOWS)
  if (!found.some(({ state }) => state !== 'unreadable')) return { windows: found, isPartial: true }
  const plan = findPlan(marked)
  const extraUsage = findExtraUsage(marked, words, page)
  return {
    windows: found,
    ...(plan === undefined ? {} : { plan }),
    ...(extraUsage === undefined ? {} : { extraUsage }),
    isPartial: found.some(({ state }) => state === 'unreadable'),
  }
}

/** Whether a page is the usage page, even when no row of it can be read. */
export function looksLikeUsagePage(text: string, language: string): boolean {
  const lines = splitLines(text)
  const words = detectLanguage(lines, language)
  return lines.some((line) => words.plan.test(line) || words.session.test(line) || words.weekly.test(line))
}

function splitLines(text: string): string[] {
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

/** The language with the most known lines; the page's own language tag decides a tie. */
function detectLanguage(lines: readonly string[], language: string): PageWords {
  const countKnown = (words: PageWords) =>
    lines.filter((line) => [words.session, words.weekly, words.allModels, words.used, words.idle].some((pattern) => pattern.test(line)))
      .length
  const tag = language.toLowerCase().split('-')[0]
  const ranked = pageWords.map((words) => ({ words, score: countKnown(words) + (words.language === tag ? 0.5 : 0) }))
  return ranked.reduce((best, one) => (one.score > best.score ? one : best)).words
}

function classify(lines: readonly string[], words: PageWords): Line[] {
  const first = lines.map((text) => classifyLine(text, words))
  let section: 'none' | 'weekly' | 'extra' = 'none'
  return first.map((line, index): Line => {
    if (line.is === 'weekly') section = 'weekly'
    else if (line.is === 'extra') section = 'extra'
    else if (line.is === 'plan' || (line.is === 'label' && line.window.kind === 'session')) section = 'none'
    else if (line.is === 'label' && section === 'none') section = 'weekly'
    if (line.is !== 'other' || section !== 'weekly') return line
    const scope = firstGroup(words.only.exec(line.text))
    if (scope !== undefined && isName(scope))
      return { ...line, is: 'label', window: { kind: 'weekly_scoped', scope, label: scopedLabel(scope) } }
    // A row with an unknown name is recognised by its structure.
    const [next, after] = [first[index + 1]?.is, first[index + 2]?.is]
    const isRow =
      (next === 'used' && (after === 'reset' || after === 'idle')) || ((next === 'reset' || next === 'idle') && after === 'used')
    if (!isRow || !isName(line.text)) return line
    return { ...line, is: 'label', window: { kind: 'weekly_scoped', scope: line.text, label: line.text } }
  })
}

function classifyLine(text: string, words: PageWords): Line {
  if (words.session.test(text)) return { text, is: 'label', window: { kind: 'session', label: sessionLabel } }
  if (words.allModels.test(text)) return { text, is: 'label', window: { kind: 'weekly_all', label: allModelsLabel } }
  if (words.weekly.test(text)) return { text, is: 'weekly' }
  if (words.extra.test(text)) return { text, is: 'extra' }
  if (words.plan.test(text)) return { text, is: 'plan' }
  if (words.updated.test(text)) return { text, is: 'updated' }
  if (words.idle.test(text)) return { text, is: 'idle' }
  const used = firstGroup(words.used.exec(text))
  if (used !== undefined) return { text, is: 'used', percent: parseNumber(used) }
  for (const { line, relative } of words.resets) {
    const words = firstGroup(line.exec(text))
    if (words !== undefined && !words.includes('%')) return { text, is: 'reset', words, relative }
  }
  // Some rows only show the remaining time.
  if (!text.includes('%') && parseResetTime(text, { now: 0, zone: 'UTC', relative: true }) !== undefined)
    return { text, is: 'reset', words: text, relative: true }
  return { text, is: 'other' }
}

/** `1,000` and `1.000` are a thousand: no percentage has three decimals. */
function parseNumber(text: string): number {
  return Number(/^\d[.,]\d{3}$/.test(text) ? text.replace(/[.,]/, '') : text.replace(',', '.'))
}

const firstGroup = (match: RegExpExecArray | null) => match?.slice(1).find((group) => group !== undefined)

/** The name of a row is short, and neither a sentence nor the text of a button or link. */
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

/** Parses the lines between a label and the next heading. */
function parseRow(
  lines: readonly Line[],
  label: number,
  context: PageContext,
): Pick<PlanWindow, 'percentUsed' | 'resetsAt' | 'resetsText' | 'state' | 'problem'> {
  const row: Line[] = []
  for (const line of lines.slice(label + 1, label + 1 + MAX_ROW_LINES)) {
    // A heading, known or not, ends the row.
    if (line.is === 'label' || line.is === 'weekly' || line.is === 'extra' || line.is === 'plan' || line.is === 'updated') break
    if (line.is === 'other' && isName(line.text) && !/\d/.test(line.text)) break
    row.push(line)
  }
  const text = row.map((line) => line.text).join(' / ')
  const cut = text.length > MAX_EXCERPT_LENGTH ? `${text.slice(0, MAX_EXCERPT_LENGTH)}…` : text
  const excerpt = text === '' ? 'nothing' : `"${cut}"`.toWellFormed()
  const unreadable = (why: string) => ({ state: 'unreadable' as const, problem: `${why}; after its label is ${excerpt}` })

  const numbers = row.filter((line) => line.is === 'used')
  const resets = row.filter((line) => line.is === 'reset' || line.is === 'idle')
  const [number] = numbers
  const [reset] = resets
  if (number === undefined) return unreadable('the row has no percentage')
  if (numbers.length > 1) return unreadable('the row has more than one percentage')
  if (resets.length > 1) return unreadable('the row has more than one reset')
  const percentUsed = number.percent
  if (percentUsed > MAX_PERCENT_USED) return unreadable(`the percentage is over ${MAX_PERCENT_USED}`)
  if (reset === undefined) {
    // An unknown text with a number in it is kept as the page's own words for the reset.
    const others = row.filter((line) => line.is === 'other' && /\d/.test(line.text) && !line.text.includes('%') && line.text.length <= 60)
    if (others.length !== 1 || row.length !== 2) return unreadable('the row has no reset')
    return { percentUsed, resetsText: others[0]?.text ?? '', state: 'known' }
  }
  if (reset.is === 'idle') {
    if (percentUsed > 0) return unreadable('the row says that the window has not started, but some of it is used')
    return { percentUsed, state: 'idle' }
  }
  const resetsAt = parseResetTime(reset.words, {
    now: context.now,
    zone: context.zone,
    language: context.language,
    relative: reset.relative,
  })
  return { percentUsed, resetsText: reset.words.slice(0, 100), ...(resetsAt === undefined ? {} : { resetsAt }), state: 'known' }
}

/** The plan's name is below `Plan usage limits`, such as `Max (5x)`. */
function findPlan(lines: readonly Line[]): PageLimits['plan'] {
  const below = lines[lines.findIndex(({ is }) => is === 'plan') + 1]
  if (below === undefined || lines.every(({ is }) => is !== 'plan') || below.is !== 'other') return undefined
  const [, name, tier] = /^((?:Claude )?\p{Lu}[\p{L}]{1,20})(?: \(([^()]{1,20})\)| (\d+x))?$/u.exec(below.text) ?? []
  return name === undefined ? undefined : { name, ...(tier === undefined ? {} : { tier }) }
}

/** The amounts, the percentage and the reset below `Extra usage`, which is not a window of the plan. */
function findExtraUsage(lines: readonly Line[], words: PageWords, context: PageContext): ExtraUsage | undefined {
  const start = lines.findIndex(({ is }) => is === 'extra')
  if (start < 0) return undefined
  const own = lines.slice(start + 1)
  const numbers = own.filter((line) => line.is === 'used')
  const resets = own.filter((line) => line.is === 'reset')
  const [number] = numbers.length === 1 ? numbers : []
  const [reset] = number !== undefined && resets.length === 1 ? resets : []
  const at = reset === undefined ? undefined : parseResetTime(reset.words, { ...context, relative: reset.relative })
  return readExtraUsage({
    ...findAmounts(
      own.flatMap((line) => (line.is === 'other' ? [line.text] : [])),
      words,
    ),
    percentageUsed: number?.percent,
    resetsIn: reset?.words.slice(0, 100),
    ...(at === undefined ? {} : { resetsAt: new Date(at).toISOString() }),
  })
}
