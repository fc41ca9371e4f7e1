interface Page {
  readonly limit: number
  readonly offset: number
}

/** Asks for one page, and says how many rows there are in all. */
type AskPage<T> = (page: Page, onTotal: (total: number) => void) => Promise<T[]>

/** The hub gives no more in one answer. */
const PAGE = 100
/** Pages overlap by so many: a row that left the list between two questions moves the others up, past the seam. */
const OVERLAP = 5

/** All rows of a list, or about the first `most` of them; those at a seam come twice. */
export async function everyPage<T>(ask: AskPage<T>, most: number): Promise<{ rows: T[]; more: boolean }> {
  let total = 0
  const first = await ask({ limit: PAGE, offset: 0 }, (told) => {
    total = told
  })
  const offsets: number[] = []
  for (let offset = PAGE - OVERLAP; offset + OVERLAP < Math.min(total, most); offset += PAGE - OVERLAP) offsets.push(offset)
  const others = await Promise.all(offsets.map((offset) => ask({ limit: PAGE, offset }, () => {})))
  return { rows: [first, ...others].flat(), more: total > most }
}
