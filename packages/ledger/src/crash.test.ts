import path from 'node:path'
import { randomFrom } from '@signalbox/usage/random'
import { expect, test } from 'vitest'
import { startNode } from '../../../test/support/child.ts'
import { writeTranscripts } from '../../../test/support/transcripts.ts'
import { type LedgerContent, ledgerFixture, readContent, slicesFromCalls } from './ledger-fixture.ts'

const program = path.join(import.meta.dirname, 'refresh-child.fixture.ts')

/** Estimates depend on which answers were known when they were made. */
function readWithoutEstimates(dataDir: string): LedgerContent {
  const { calls, slices, files } = readContent(dataDir)
  const isNone = (row: unknown) => (row as { source: string }).source !== 'estimate'
  return { calls: calls.filter(isNone), slices: slices.filter(isNone), files }
}

test('a process killed at any time and started again ends with the same ledger', async () => {
  const { folder, root, dataDir } = ledgerFixture()
  writeTranscripts(folder, { seed: 7, calls: 600, longLines: 0 })
  // Small pages, so that few calls need several commits. A killed process would not write its own compile cache.
  const env = { NODE_COMPILE_CACHE: path.join(folder, 'cache'), PAGE_CALLS: '40' }
  await startNode([program, dataDir, '2', root], { env }).finished
  const whole = JSON.stringify(readWithoutEstimates(dataDir))

  const seed = Number(process.env.CRASH_SEED ?? Date.now() % 1_000_000)
  const random = randomFrom(seed)
  let halves = 0
  const killed = path.join(folder, 'killed')
  for (let kill = 0; kill < 6; kill++) {
    // The first kill is between the first and the second commit, the others from before the first to after the last one.
    const child = startNode([program, killed, String(random.int(1, 2)), root], { env: kill === 0 ? { ...env, PAUSE: '20000' } : env })
    const commits = kill === 0 ? 1 : random.int(0, 3)
    await Promise.race([child.line(new RegExp(`^commit ${commits}$`)).catch(() => {}), child.finished])
    await new Promise((resolve) => setTimeout(resolve, kill === 0 ? 0 : random.next() * 12))
    await child.stop('SIGKILL')
    const seen = readContent(killed)
    // Every commit is complete: there is no call without its slice.
    expect(JSON.stringify(seen.slices), `seed ${seed}`).toBe(JSON.stringify(slicesFromCalls(killed)))
    if (seen.calls.length > 0 && JSON.stringify(readWithoutEstimates(killed)) !== whole) halves++
  }
  const { code, stderr } = await startNode([program, killed, '2', root], { env }).finished
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  // No file state is ahead of its calls, or some would be missing now.
  expect(readWithoutEstimates(killed), `seed ${seed}`).toEqual(JSON.parse(whole))
  expect(halves, 'at least one process must be killed between two commits').toBeGreaterThan(0)
}, 60_000)

test('two processes fill one ledger at once, and nothing counts twice', async () => {
  const { folder, root, dataDir, refresh, content } = ledgerFixture()
  const made = writeTranscripts(folder, { seed: 8, calls: 500, longLines: 0 })
  const env = { PAGE_CALLS: '20' }
  const both = [1, 2].map((threads) => startNode([program, dataDir, String(threads), root], { env }))
  const here = refresh({ threads: 1, pageSizes: { first: 20, max: 100, nearEnd: 20 } })
  const ends = await Promise.all(both.map(({ finished }) => finished))
  for (const { code, stderr } of ends) expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const added = ends.reduce((sum, { stdout }) => sum + JSON.parse(stdout.trimEnd().split('\n').at(-1)!).calls_new, (await here).calls_new)
  expect(added).toBe(made.calls.length)
  expect(content().calls).toHaveLength(made.calls.length)
  expect(content().slices).toEqual(slicesFromCalls(dataDir))
  await refresh()
  expect(await refresh()).toMatchObject({ files_read: 0 })
})
