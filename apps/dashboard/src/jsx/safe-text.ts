import { printableLines } from '@signalbox/contract/printable'

/** Attributes that are shown or read aloud. */
const shown = ['title', 'alt', 'label', 'placeholder', 'aria-label', 'aria-description', 'aria-valuetext', 'aria-roledescription'] as const

/** The properties of an element with its texts made printable; the same object where there is nothing to do. */
export function withSafeText(props: unknown): unknown {
  const given = props as Readonly<Record<string, unknown>>
  let safe: Record<string, unknown> | undefined
  for (const name of shown) {
    const text = given[name]
    const made = safeText(text)
    if (made !== text) safe = { ...(safe ?? given), [name]: made }
  }
  const children = safeChildren(given.children)
  if (children !== given.children) safe = { ...(safe ?? given), children }
  return safe ?? given
}

function safeChildren(children: unknown): unknown {
  if (!Array.isArray(children)) return safeText(children)
  return children.some((child) => safeChildren(child) !== child) ? children.map(safeChildren) : children
}

/** Most texts. The other expression takes longer to compile than the first screen takes to check all of its own. */
const plain = /^[ -~]*$/

function safeText(value: unknown): unknown {
  return typeof value === 'string' && !plain.test(value) ? printableLines(value) : value
}
