import { readFileSync } from 'node:fs'
import type { Plugin } from 'vite'

const NAME = 'virtual:whats-new'

/** A part of the newest section of CHANGELOG.md. */
export interface NewPart {
  readonly title: string
  /** Markdown of one line each. */
  readonly items: readonly string[]
}

/** The newest section of a changelog, by its parts: what a user can do now, in a sentence each. What was fixed stays in the changelog. */
export function newestPart(changelog: string): NewPart[] {
  const newest = changelog.split(/^## /m)[1] ?? ''
  return newest
    .split(/^### /m)
    .slice(1)
    .map((part) => {
      const [title = '', ...lines] = part.trim().split('\n')
      const items = lines.flatMap((line) =>
        line.startsWith('- ') && !line.startsWith('- **Fixed**') ? [firstSentence(line.slice(2))] : [],
      )
      return { title, items }
    })
    .filter(({ items }) => items.length > 0)
}

/** In characters. */
const LONG = 110

/**
 * The first sentence of a line of Markdown, or the beginning of a long one; more where that would end within something that
 * is marked.
 */
function firstSentence(line: string): string {
  for (const { index } of line.matchAll(/[.!?](?=\s)/g)) {
    const sentence = line.slice(0, index + 1)
    if (isWhole(sentence)) return sentence.length > LONG ? beginningOf(sentence) : sentence
  }
  return line.length > LONG ? beginningOf(line) : line
}

function beginningOf(sentence: string): string {
  const ends = [...sentence.matchAll(/[,;:](?=\s)/g)].map(({ index }) => index).filter((index) => isWhole(sentence.slice(0, index)))
  const end = ends.findLast((index) => index <= LONG && index > LONG / 3) ?? ends.find((index) => index > LONG)
  return end === undefined ? sentence : `${sentence.slice(0, end)} …`
}

function isWhole(text: string): boolean {
  return ['**', '`', '('].every((mark) => isClosed(text, mark))
}

function isClosed(text: string, mark: string): boolean {
  return mark === '(' ? text.split('(').length === text.split(')').length : text.split(mark).length % 2 === 1
}

/** Gives the page the newest section of CHANGELOG.md as `virtual:whats-new`. */
export function whatsNew(): Plugin {
  const file = new URL('../../../CHANGELOG.md', import.meta.url)
  return {
    name: 'signalbox:whats-new',
    resolveId: (id) => (id === NAME ? `\0${NAME}` : undefined),
    load: (id) => (id === `\0${NAME}` ? `export const parts = ${JSON.stringify(newestPart(readFileSync(file, 'utf8')))}` : undefined),
  }
}
