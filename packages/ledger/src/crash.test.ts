import path from 'node:path'
import { randomFrom } from '@signalbox/usage/random'
import { expect, test } from 'vitest'
import { startNode } from '../../../test/support/child.ts'
import { writeTranscripts } from '../../../test/support/transcripts.ts'
import { contentOf, ledgerFixture, slicesFromCalls } from './ledger-fixture.ts'

const program = path.join(import.meta.dirname, 'refresh-child.fixture.ts')

test('a process killed at any moment and started again ends with the same ledger', async () => {
  const { folder, root, dataDir } = ledgerFixture()
  writeTranscripts(folder, { seed: 7, calls: 4_000, longLines: 0 })
  // One that is killed leaves nothing in the compile cache for the next.
  const options = { env: { NODE_COMPILE_CACHE: path.join(folder, 'cache') } }
  await startNode([program, dataDir, '2', root], options).finished
  const whole = JSON.stringify(contentOf(dataDir))

  const seed = Number(process.env.CRASH_SEED ?? Date.now() % 1_000_000)
  const random = randomFrom(seed)
  let halves = 0
  const killed = path.join(folder, 'killed')
  for (let kill = 0; kill < 6; kill++) {
    const child = startNode([program, killed, String(random.int(1, 2)), root], options)
    // Once right after the first commit, then from before it to after the last.
    const commits = kill === 0 ? 1 : random.int(0, 3)
    await Promise.race([child.line(new RegExp(`^commit ${commits}$`)).catch(() => {}), child.finished])
    await new Promise((resolve) => setTimeout(resolve, kill === 0 ? 0 : random.next() * 12))
    await child.stop('SIGKILL')
    const seen = contentOf(killed)
    // Whatever was committed is whole: no call without its roll-up.
    expect(JSON.stringify(seen.slices), `seed ${seed}`).toBe(JSON.stringify(slicesFromCalls(killed)))
    if (seen.calls.length > 0 && JSON.stringify(seen) !== whole) halves++
  }
  const { code, stderr } = await startNode([program, killed, '2', root], options).finished
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  // No cursor is ahead of its calls either, or some would be missing now.
  expect(JSON.stringify(contentOf(killed)) === whole, `seed ${seed}`).toBe(true)
  expect(halves, 'some must have been killed between two commits').toBeGreaterThan(0)
}, 60_000)

test('two processes at once fill one ledger together, and nothing counts twice', async () => {
  const { folder, root, dataDir, refresh, content } = ledgerFixture()
  const made = writeTranscripts(folder, { seed: 8, calls: 2_000, longLines: 0 })
  const both = [1, 2].map((threads) => startNode([program, dataDir, String(threads), root]))
  const here = refresh({ threads: 1 })
  const ends = await Promise.all(both.map(({ finished }) => finished))
  for (const { code, stderr } of ends) expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const added = ends.reduce((sum, { stdout }) => sum + JSON.parse(stdout.trimEnd().split('\n').at(-1)!).calls_new, (await here).calls_new)
  expect(added).toBe(made.calls.length)
  expect(content().calls).toHaveLength(made.calls.length)
  expect(content().slices).toEqual(slicesFromCalls(dataDir))
  await refresh()
  expect(await refresh()).toMatchObject({ files_read: 0 })
})
