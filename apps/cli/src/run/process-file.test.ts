import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'
import { followProcessFile, type ProcessFile, parseProcessFile } from './process-file.ts'

it.skipIf(process.platform === 'win32')('a FIFO in the place of the process file is not waited for', async () => {
  const file = path.join(tempFolder(), '4711.json')
  const seen: ProcessFile[] = []
  execFileSync('mkfifo', [file])
  onTestFinished(followProcessFile(file, Date.now(), (content) => seen.push(content)))
  await sleep(700)
  fs.rmSync(file)
  fs.writeFileSync(file, JSON.stringify({ sessionId: 'A1', version: '2.1.332' }))
  await expect.poll(() => seen).toEqual([{ sessionId: 'a1', version: '2.1.332' }])
})

it('an activity with a time that cannot be is none', () => {
  for (const statusUpdatedAt of [Number.MAX_SAFE_INTEGER, Date.now() + 25 * 3_600_000, 0, -1])
    expect(parseProcessFile(JSON.stringify({ sessionId: 'a1', status: 'busy', statusUpdatedAt }))).toEqual({ sessionId: 'a1' })
})
