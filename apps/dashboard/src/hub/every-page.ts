interface Page {
  readonly limit: number
  readonly offset: number
}

/** The hub gives no more in one answer. */
const PAGE = 100
/** Pages overlap by so many: a row that left the list between two questions moves the others up, past the seam. */
const OVERLAP = 5

/** All rows of a list, or the first `most` of them. */
export async function everyPage<T>(ask: (page: Page) => Promise<T[]>, most: number): Promise<{ rows: T[]; more: boolean }> {
  const rows: T[] = []
  for (let offset = 0; ; offset += PAGE - OVERLAP) {
    const page = await ask({ limit: PAGE, offset })
    rows.push(...page)
    if (page.length < PAGE) return { rows, more: false }
    if (offset + PAGE >= most) return { rows, more: true }
  }
}
