import { readFileSync } from 'node:fs'
import type { Plugin } from 'vite'

const NAME = 'virtual:whats-new'

/** A part of the newest section of CHANGELOG.md. */
export interface NewPart {
  readonly title: string
  /** Markdown of one line each. */
  readonly items: readonly string[]
}

/** The newest section of a changelog, by its parts. */
export function newestPart(changelog: string): NewPart[] {
  const newest = changelog.split(/^## /m)[1] ?? ''
  return newest
    .split(/^### /m)
    .slice(1)
    .map((part) => {
      const [title = '', ...lines] = part.trim().split('\n')
      return { title, items: lines.flatMap((line) => (line.startsWith('- ') ? [line.slice(2)] : [])) }
    })
    .filter(({ items }) => items.length > 0)
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
