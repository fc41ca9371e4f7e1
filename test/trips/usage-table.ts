import type { Page } from 'playwright-core'

interface Figures {
  readonly tokens: number
  readonly input: number
  readonly output: number
  readonly writes: number
  readonly read: number
  readonly calls: number
}

/** The part of a DOM element that this test uses; its compiler options include no DOM types. */
interface Element {
  readonly title: string
  readonly value: string
  querySelectorAll(selector: string): Iterable<Element>
}

/** Reads the table on the usage screen: exact numbers by the row's full name. */
export async function readTable(page: Page): Promise<Map<string, Figures>> {
  const rows = await page.locator('table.figures:has(.row-name) tbody tr:not(.row-detail)').evaluateAll((all) =>
    (all as unknown as Element[]).map((row) => ({
      key: [...row.querySelectorAll('.row-name')][0]?.title ?? '',
      values: [...row.querySelectorAll('data')].map((one) => Number(one.value)),
    })),
  )
  return new Map(
    rows.map(({ key, values }) => {
      const [tokens = 0, input = 0, output = 0, writes = 0, read = 0, calls = 0] = values.slice(-6)
      return [key, { tokens, input, output, writes, read, calls }]
    }),
  )
}
