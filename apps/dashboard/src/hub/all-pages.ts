import { eachRow, type FetchPage } from '@signalbox/client'

/** All rows of a list, or the first `maxRows` of them. */
export async function loadAllPages<T>(
  fetchPage: FetchPage<T>,
  maxRows: number,
  signal?: AbortSignal,
): Promise<{ rows: T[]; more: boolean }> {
  let total = 0
  const onTotal = (count: number) => {
    total = count
  }
  const rows: T[] = []
  for await (const row of eachRow(fetchPage, { maxRows, onTotal, signal })) rows.push(row)
  return { rows, more: total > maxRows }
}
