import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { tempFolder } from '../../../../../../test/support/temp.ts'
import { Connection } from '../connection.ts'
import { type Part, partReader } from './in-turns.ts'

function openNumbers() {
  const connection = new Connection(path.join(tempFolder(), 'numbers.db'), () => {})
  onTestFinished(() => connection.close())
  connection.db.exec('CREATE TABLE number (value INTEGER); INSERT INTO number VALUES (1)')
  return connection
}

/** A part that takes its time. */
function slowPart(ms: number): Part<number> {
  return (statements) => {
    const until = performance.now() + ms
    while (performance.now() < until);
    return statements.rows('SELECT count(*) FROM number').all().flat() as number[]
  }
}

it('lets others run between the parts of a long read, and reads one commit though they write', async () => {
  const connection = openNumbers()
  const read = partReader(connection)(Array.from({ length: 12 }, () => slowPart(12)))
  let done = false
  const ended = read.finally(() => {
    done = true
  })
  let writes = 0
  while (!done) {
    await new Promise((resolve) => setImmediate(resolve))
    connection.db.exec('INSERT INTO number VALUES (2)')
    writes++
  }
  expect(writes).toBeGreaterThan(5)
  const counts = await ended
  expect([counts.length, new Set(counts).size]).toEqual([12, 1])
  expect(await partReader(connection)([slowPart(0)])).toEqual([1 + writes])
})

it('long reads wait for each other, and one that fails stops none behind it', async () => {
  const connection = openNumbers()
  const readParts = partReader(connection)
  const order: string[] = []
  const long = (name: string, fail = false) =>
    readParts([
      ...Array.from({ length: 4 }, () => slowPart(12)),
      () => {
        order.push(name)
        if (fail) throw new Error('no such part')
        return []
      },
    ])
  const results = await Promise.allSettled([long('a'), long('b', true), long('c')])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(order).toEqual(['a', 'b', 'c'])
})
