export interface Page {
  readonly limit: number
  readonly offset: number
}

/** Asks for one page; `onTotal` hears how many rows there are altogether. */
export type AskPage<Row> = (page: Page, more: { readonly onTotal: (total: number) => void }) => Promise<readonly Row[]>

export interface Listed<Row> {
  readonly rows: readonly Row[]
  /** How many there are altogether. */
  readonly total: number
}

/** The most that the hub gives in one answer. */
const PER_PAGE = 100
const AT_ONCE = 4

/**
 * The first `wanted` rows of a list, through as many pages as it takes.
 * @param idOf tells rows apart: what is added meanwhile shifts the pages, and a row would come twice
 */
export async function listed<Row>(wanted: number, ask: AskPage<Row>, idOf: (row: Row) => string): Promise<Listed<Row>> {
  let total = 0
  const more = {
    onTotal: (told: number) => {
      total = told
    },
  }
  const first = await ask({ limit: Math.min(wanted, PER_PAGE), offset: 0 }, more)
  total = Math.max(total, first.length)
  const rows = new Map(first.map((row) => [idOf(row), row]))
  const end = Math.min(wanted, total)
  let offset = first.length
  while (offset < end && offset > 0) {
    const offsets: number[] = []
    for (; offset < end && offsets.length < AT_ONCE; offset += PER_PAGE) offsets.push(offset)
    const pages = await Promise.all(offsets.map((offset) => ask({ limit: Math.min(PER_PAGE, end - offset), offset }, more)))
    for (const row of pages.flat()) rows.set(idOf(row), row)
  }
  return { rows: [...rows.values()], total: Math.max(total, rows.size) }
}
