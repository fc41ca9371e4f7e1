import { readdirSync } from 'node:fs'
import type { Page } from 'playwright-core'

const words = new URL('../../apps/dashboard/src/words/', import.meta.url)
/** In the place of a placeholder. */
const HOLE = '\u0001'

/** What English says and German does not: whole messages, and the parts of sentences between their placeholders. */
export interface EnglishWords {
  readonly whole: ReadonlySet<string>
  readonly parts: readonly string[]
}

type Table = Readonly<Record<string, unknown>>

/** The texts of a table of messages, the placeholders as holes. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value === 'function') {
    try {
      return [1, 2].map((count) =>
        flatten((value as (...all: unknown[]) => unknown)(...Array.from({ length: value.length }, () => hole(count)))),
      )
    } catch {
      return []
    }
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : []
}

/** A placeholder that is a text and a number too, as plurals compare it. */
function hole(count: number): unknown {
  return {
    toString: () => HOLE,
    valueOf: () => count,
    charAt: () => HOLE,
    slice: () => '',
    replaceAll: () => HOLE,
    replace: () => HOLE,
    toLowerCase: () => HOLE,
  }
}

/** The text of a message, which may be an element. */
function flatten(node: unknown): string {
  if (node === null || node === undefined || typeof node === 'boolean') return ''
  if (Array.isArray(node)) return node.map(flatten).join('')
  const props = (node as { readonly props?: { readonly children?: unknown } }).props
  return props === undefined ? String(node) : flatten(props.children)
}

export async function readEnglishWords(): Promise<EnglishWords> {
  const read = async (language: string) => {
    const tables = await Promise.all(
      readdirSync(new URL(`${language}/`, words), { withFileTypes: true })
        .filter((one) => one.isFile())
        .map(({ name }) => import(new URL(`${language}/${name}`, words).href) as Promise<Table>),
    )
    return tables.flatMap((table) => Object.values(table)).flatMap(textsOf)
  }
  const [english, german] = [await read('en'), await read('de')]
  const spoken = new Set(german.map((text) => text.trim()))
  const spokenParts = german.join('\n')
  const parts = english
    .flatMap((text) => text.split(HOLE))
    .map((part) => part.trim())
    .filter((part) => part.length >= 10 && part.includes(' ') && !spokenParts.includes(part))
  return {
    whole: new Set(english.map((text) => text.trim()).filter((text) => /\p{L}{2}/u.test(text) && !spoken.has(text))),
    parts: [...new Set(parts)],
  }
}

/** Every text that a person can see or have read out; what sources report is shown as they report it. */
const VISIBLE = `(() => {
  const texts = []
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (walk.nextNode()) {
    const { parentElement, data } = walk.currentNode
    if (data.trim() !== '' && parentElement.closest('script, style, code, kbd, pre, noscript, [lang=en], .sources-table td') === null) texts.push(data.trim().replace(/\\s+/g, ' '))
  }
  for (const element of document.querySelectorAll('*'))
    for (const name of ['aria-label', 'title', 'placeholder', 'alt', 'aria-valuetext']) if (element.getAttribute(name)) texts.push(element.getAttribute(name))
  return [...new Set([...texts, document.title])]
})()`

/** The texts of a page that are English though there are German ones for them. */
export async function findEnglish(page: Page, { whole, parts }: EnglishWords): Promise<string[]> {
  const texts = (await page.evaluate(VISIBLE)) as string[]
  return texts.filter((text) => whole.has(text) || parts.some((part) => text.includes(part)))
}
