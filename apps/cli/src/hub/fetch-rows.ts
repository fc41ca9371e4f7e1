import { eachRow, type FetchPage } from '@signalbox/client'

export interface FetchedRows<Row> {
  readonly rows: readonly Row[]
  /** The number of all rows. */
  readonly total: number
}

/** The first `limit` rows of a list, from as many pages as needed. */
export async function fetchRows<Row>(limit: number, fetchPage: FetchPage<Row>): Promise<FetchedRows<Row>> {
  let total = 0
  const onTotal = (count: number) => {
    total = count
  }
  const rows: Row[] = []
  for await (const row of eachRow(fetchPage, { maxRows: limit, onTotal })) rows.push(row)
  return { rows, total: Math.max(total, rows.length) }
}
