import type { Row } from './table.ts'

/**
 * Measures one row of a part, and says on stderr that it began and what came out: a part may take minutes, and the table comes at
 * its end.
 * @param longestMs after which it has failed: what it waits for does not come
 * @throws Error that names the row
 */
export async function measureRow(name: string, longestMs: number, measure: () => Promise<Row>): Promise<Row> {
  const began = performance.now()
  console.error(`bench: ${name} …`)
  let timer: NodeJS.Timeout | undefined
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${name} has not ended within ${longestMs / 1000} s`)), longestMs)
  })
  try {
    const row = await Promise.race([measure(), tooLong])
    const verdict = row.reached === undefined ? 'not measured' : row.reached ? 'reached' : 'not reached'
    console.error(`bench: ${name}: ${row.measured}; ${row.target}: ${verdict} (${Math.round((performance.now() - began) / 1000)} s)`)
    return row
  } catch (error) {
    throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  } finally {
    clearTimeout(timer)
  }
}
