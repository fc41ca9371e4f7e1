import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
// Latin, dashes and dots, arrows, ≤ and ≥, box drawing: one column a character.
const simple = /^[\x20-\x7e\u00a0-\u02ff\u2010-\u2027\u2190-\u21ff\u2264\u2265\u2500-\u257f]*$/

/** The columns that a text takes on a terminal: East Asian characters and emoji take two. */
export function widthOf(text: string): number {
  // The library takes 4 ms to load, and nearly every text is simple.
  return simple.test(text) ? text.length : (require('string-width') as (text: string) => number)(text)
}
