import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { startNode } from '../../../../../test/support/child.ts'
import { tempFolder } from '../../../../../test/support/temp.ts'
import { lockHolder, lockProfile } from './lock.ts'

const lockFile = () => path.join(tempFolder(), 'console.lock')
const fixture = path.join(import.meta.dirname, 'lock-child.fixture.ts')

test('of many processes that want the profile at once, one has it at a time, and each gets it', async () => {
  const file = lockFile()
  const log = `${file}.log`
  const children = Array.from({ length: 5 }, () => startNode([fixture, file, log, '3']))
  for (const child of children) expect(await child.finished).toMatchObject({ code: 0 })
  const lines = fs.readFileSync(log, 'utf8').trim().split('\n')
  expect(lines).toHaveLength(30)
  for (let at = 0; at < lines.length; at += 2) expect(lines[at + 1]).toBe(lines[at]?.replace('in', 'out'))
  expect(fs.existsSync(file)).toBe(false)
})

test('what a killed process left is taken over at once, by one of those who wait', async () => {
  const file = lockFile()
  const log = `${file}.log`
  const holder = startNode([fixture, file, log, 'keep'])
  await holder.line(/has it/)
  const waiting = Array.from({ length: 3 }, () => startNode([fixture, file, log, '1']))
  await sleep(500)
  expect(fs.readFileSync(log, 'utf8').trim().split('\n')).toHaveLength(1)
  await holder.stop('SIGKILL')
  for (const child of waiting) expect(await child.finished).toMatchObject({ code: 0 })
  const lines = fs.readFileSync(log, 'utf8').trim().split('\n').slice(1)
  for (let at = 0; at < lines.length; at += 2) expect(lines[at + 1]).toBe(lines[at]?.replace('in', 'out'))
})

test('a lock of a process that is no more, and whose number another has now, is taken over when it stays silent', async () => {
  const file = lockFile()
  // Ours is a number that lives.
  fs.writeFileSync(file, JSON.stringify({ pid: process.ppid, host: os.hostname(), purpose: 'reading' }))
  fs.utimesSync(file, 1, 1)
  const started = performance.now()
  const unlock = await lockProfile(file, 'reading', { waitMs: 15_000 })
  expect(performance.now() - started).toBeGreaterThan(9_000)
  expect(lockHolder(file)?.pid).toBe(process.pid)
  unlock()
  expect(lockHolder(file)).toBeUndefined()
})

test('a sign-in is not waited for, and a reading only so long', async () => {
  const file = lockFile()
  const unlock = await lockProfile(file, 'login', { waitMs: 0 })
  const started = performance.now()
  await expect(lockProfile(file, 'reading', { waitMs: 20_000 })).rejects.toMatchObject({
    reason: 'busy',
    message: expect.stringContaining('sign-in'),
  })
  expect(performance.now() - started).toBeLessThan(1_000)
  unlock()
  const other = await lockProfile(file, 'reading', { waitMs: 0 })
  await expect(lockProfile(file, 'reading', { waitMs: 200 })).rejects.toMatchObject({ reason: 'busy' })
  other()
})
