import { formatElapsed } from '@signalbox/contract/duration-text'
import { countOf } from '@signalbox/contract/plural'
import { controlsOfNames } from '@signalbox/contract/printable'
import type { Message, MessageItem } from './channel-kind.ts'

/** How a peer marks text up, and what its limits count. */
export interface TextStyle {
  /** One line of plain text, so that the peer shows it as it is: no markup, no mention, no link of the text's own. */
  readonly escape: (text: string) => string
  readonly bold: (escaped: string) => string
  readonly link: (escapedLabel: string, url: string) => string
  readonly size: (text: string) => number
}

/** JavaScript's own count: never less than the characters of a peer that counts code points. */
export const sizeInUnits = (text: string) => text.length
export const sizeInBytes = (text: string) => Buffer.byteLength(text)

export const plainStyle: TextStyle = {
  escape: (text) => text,
  bold: (text) => text,
  link: (label, url) => `${label}: ${url}`,
  size: sizeInUnits,
}

export const htmlStyle: TextStyle = {
  escape: escapeHtml,
  bold: (text) => `<b>${text}</b>`,
  link: (label, url) => `<a href="${escapeHtml(url)}">${label}</a>`,
  size: sizeInUnits,
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? character)
}

/** Ends every mention, such as `@everyone`, by an invisible space behind its sign, for peers that know no other way. */
export function withoutMentions(text: string): string {
  return text.replace(/@/g, '@\u200b')
}

/**
 * Text of others on one line: without line breaks, which could begin a header or a line of ours, and without control characters
 * and those that change the direction of what follows. Text that runs from right to left, and emoji, stay.
 */
export function oneLine(text: string): string {
  return text.toWellFormed().replace(/\s+/gu, ' ').replace(controlsOfNames, '').trim()
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** The beginning of a text, with an ellipsis where something is missing; never half an emoji. */
export function cutTo(text: string, max: number, size: (text: string) => number = sizeInUnits): string {
  if (size(text) <= max) return text
  const room = max - size('…')
  let kept = ''
  let used = 0
  // Nothing behind the first `max` units can fit, and one character that is longer than all of them is left out.
  for (const { segment } of graphemes.segment(text.slice(0, max + 64))) {
    used += size(segment)
    if (used > room) break
    kept += segment
  }
  return room < 0 ? '' : `${kept.trimEnd()}…`
}

/** The title on one line, with the warning that the peer may have the message already. */
export function titleOf({ title, may_be_repeat }: Message, max = 200, size = sizeInUnits): string {
  return cutTo(`${may_be_repeat ? '(may be a repeat) ' : ''}${oneLine(title)}`, max, size)
}

const prefixes: Readonly<Record<Exclude<MessageItem['what'], 'closed'>, string>> = {
  opened: '',
  reminder: 'Still open: ',
  escalated: 'Not acknowledged: ',
  acknowledged: 'Acknowledged: ',
  flapping: 'Opens and closes again and again: ',
}

/** What is to be said of an alert, on one line. */
export function itemLine(item: MessageItem): string {
  const summary = oneLine(item.summary) || item.kind
  if (item.what !== 'closed') return `${prefixes[item.what]}${summary}`
  return item.open_for_ms === undefined ? `Over: ${summary}` : `Over after ${formatElapsed(item.open_for_ms)}: ${summary}`
}

/** Whether a message only says that something is over. */
export function isOver({ items }: Message): boolean {
  return items.length > 0 && items.every((item) => item.what === 'closed')
}

export interface MessageLink {
  readonly label: string
  readonly url: string
}

/** Where a reader can go: the alert or the list, what can be done about a single alert, and the confirmation that acknowledges it. */
export function linksOf({ items, more, url }: Message): readonly MessageLink[] {
  const [single] = items.length === 1 && more === 0 ? items : []
  const open = single?.url ?? url
  return [
    ...(open === undefined ? [] : [{ label: single?.url === undefined ? 'Open Signalbox' : 'Open alert', url: open }]),
    ...(single?.action === undefined ? [] : [single.action]),
    ...(single?.acknowledge_url === undefined ? [] : [{ label: 'Acknowledge', url: single.acknowledge_url }]),
  ]
}

export interface BodyOptions {
  /** In what the style's size counts. */
  readonly max: number
  /** Begins with the title, in bold. */
  readonly withTitle?: boolean
  /** The peer shows the links apart from the text. */
  readonly withoutLinks?: boolean
}

/** So many characters of each summary are tried, so that all alerts are named before one is left out. */
const SUMMARY_LENGTHS = [500, 200, 80]

/**
 * The text of a message in a peer's markup, no longer than its limit: summaries are shortened first, then alerts left out and
 * counted. The links stay, unless they alone are too long.
 */
export function messageBody(message: Message, style: TextStyle, options: BodyOptions): string {
  const links = options.withoutLinks === true ? [] : linksOf(message)
  const { length } = message.items
  const attempts = [
    ...SUMMARY_LENGTHS.map((summary) => ({ summary, shown: length, notes: true, links })),
    ...Array.from({ length }, (_, index) => ({ summary: 80, shown: length - 1 - index, notes: true, links })),
    { summary: 40, shown: 0, notes: false, links },
    { summary: 40, shown: 0, notes: false, links: [] },
  ]
  const texts = attempts.map((attempt) => () => compose(message, style, options, attempt))
  for (const text of texts) {
    const composed = text()
    if (style.size(composed) <= options.max) return composed
  }
  return cutTo(style.escape(cutTo(titleOf(message), Math.floor(options.max / 8))), options.max, style.size)
}

function compose(
  message: Message,
  style: TextStyle,
  { withTitle }: BodyOptions,
  attempt: { readonly summary: number; readonly shown: number; readonly notes: boolean; readonly links: readonly MessageLink[] },
): string {
  const left = message.items.length - attempt.shown + message.more
  const bullet = message.items.length + message.more > 1 ? '• ' : ''
  const items = message.items.slice(0, attempt.shown).map((item) => `${bullet}${style.escape(cutTo(itemLine(item), attempt.summary))}`)
  const notes = attempt.notes ? message.notes.map((note) => style.escape(cutTo(oneLine(note), attempt.summary))) : []
  return [
    ...(withTitle === true ? [style.bold(style.escape(titleOf(message)))] : []),
    ...items,
    ...(left === 0 ? [] : [attempt.shown === 0 ? countOf(left, 'alert') : `and ${left} more`]),
    ...notes,
    ...attempt.links.map(({ label, url }) => style.link(style.escape(label), url)),
  ].join('\n')
}
