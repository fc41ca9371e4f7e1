import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startNode } from '../support/child.ts'
import { descendantsOf, filterAlive } from '../support/process-tree.ts'
import { claudeCode, newest } from './client.ts'

const main = path.resolve(import.meta.dirname, 'board/main.ts')

for (const [name, exitCode] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  test.skipIf(process.platform !== 'linux')(`a proof that gets ${name} leaves no process`, async ({ skip }) => {
    await claudeCode(newest, skip)
    const proof = startNode([main, '--sessions', '2', '--client', newest, '--outages', '', '--verbose'])
    onTestFinished(() => void proof.stop('SIGKILL'))
    await proof.line(/person-1 (starts|runs)/)
    await proof.line(/person-2 (starts|runs)/)
    // Hub, collector and two clients, with a terminal or without. A person is named before its client is there.
    let before: number[] = []
    await expect
      .poll(
        () => {
          before = descendantsOf(proof.process.pid!)
          return before.length
        },
        { timeout: 60_000 },
      )
      .toBeGreaterThanOrEqual(4)
    const { code } = await proof.stop(name)
    expect(code).toBe(exitCode)
    expect(filterAlive(before)).toEqual([])
  })
}
