import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { startNode } from '../../../../../test/support/child.ts'
import { stretchForLoad } from '../../../../../test/support/machine-load.ts'
import { tempFolder } from '../../../../../test/support/temp.ts'
import { findLockHolder, lockProfile } from './profile-lock.ts'

const lockFile = () => path.join(tempFolder(), 'console.lock')
const fixture = path.join(import.meta.dirname, 'profile-lock-child.fixture.ts')

test('of several processes one holds the lock at a time, and each gets it', async () => {
  const file = lockFile()
  const log = `${file}.log`
  const children = Array.from({ length: 5 }, () => startNode([fixture, file, log, '3']))
  for (const child of children) expect(await child.finished).toMatchObject({ code: 0 })
  const lines = fs.readFileSync(log, 'utf8').trim().split('\n')
  expect(lines).toHaveLength(30)
  for (let at = 0; at < lines.length; at += 2) expect(lines[at + 1]).toBe(lines[at]?.replace('locked', 'released'))
  expect(fs.existsSync(file)).toBe(false)
})

test('the lock of a killed process is taken over by one of the waiting processes', async () => {
  const file = lockFile()
  const log = `${file}.log`
  const holder = startNode([fixture, file, log, 'hold'])
  await holder.line(/locked/)
  const waiting = Array.from({ length: 3 }, () => startNode([fixture, file, log, '1']))
  await Promise.all(waiting.map((child) => child.line(/waiting/)))
  expect(fs.readFileSync(log, 'utf8').trim().split('\n')).toHaveLength(1)
  await holder.stop('SIGKILL')
  for (const child of waiting) expect(await child.finished).toMatchObject({ code: 0 })
  const lines = fs.readFileSync(log, 'utf8').trim().split('\n').slice(1)
  for (let at = 0; at < lines.length; at += 2) expect(lines[at + 1]).toBe(lines[at]?.replace('locked', 'released'))
})

test('a lock that is not refreshed is taken over, even when another process has the id of its holder', async () => {
  const file = lockFile()
  // The id of a living process that does not hold the lock.
  fs.writeFileSync(file, JSON.stringify({ pid: process.ppid, host: os.hostname(), purpose: 'snapshot' }))
  fs.utimesSync(file, 1, 1)
  const started = performance.now()
  const unlock = await lockProfile(file, 'snapshot', { waitMs: 15_000, refreshTimeoutMs: 400 })
  expect(performance.now() - started).toBeGreaterThan(400)
  expect(findLockHolder(file)?.pid).toBe(process.pid)
  unlock()
  expect(findLockHolder(file)).toBeUndefined()
})

test('a sign-in is not waited for, and another snapshot only until the timeout', async () => {
  const file = lockFile()
  const unlock = await lockProfile(file, 'login', { waitMs: 0 })
  const started = performance.now()
  await expect(lockProfile(file, 'snapshot', { waitMs: 20_000 })).rejects.toMatchObject({
    reason: 'busy',
    message: expect.stringContaining('sign-in'),
  })
  expect(performance.now() - started).toBeLessThan(await stretchForLoad(1_000))
  unlock()
  const other = await lockProfile(file, 'snapshot', { waitMs: 0 })
  await expect(lockProfile(file, 'snapshot', { waitMs: 200 })).rejects.toMatchObject({ reason: 'busy' })
  other()
})
