import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { tempFolder } from '../../../test/support/temp.ts'
import { isSameProcess, readProcessStart } from '../../hub-address/src/process-start.ts'
import { LEASE_TTL_MS } from './lease.ts'
import { openLedger } from './ledger.ts'
import { openStore } from './store/open-store.ts'

/** The real ones, as the collector hands them in. */
const processes = { start: readProcessStart, isSame: isSameProcess }

function ledgerAt(dataDir: string, clock: { now: number }) {
  return openLedger({ dataDir, now: () => clock.now })
}

/** Writes the lease of another process. */
function writeLease(dataDir: string, lease: { pid: number; host: string; until: number; start?: string | undefined }) {
  const db = openStore(path.join(dataDir, 'ledger.db'))
  db.prepare("INSERT OR REPLACE INTO meta (name, value) VALUES ('collector', ?)").run(JSON.stringify({ token: 'another', ...lease }))
  db.close()
}

test('only one process holds the lease, until it is released', () => {
  const dataDir = tempFolder()
  const clock = { now: 1_000_000 }
  const [first, second] = [ledgerAt(dataDir, clock), ledgerAt(dataDir, clock)]
  expect(first.lease.claim(processes)).toBeUndefined()
  expect(second.lease.claim(processes)).toMatchObject({ pid: process.pid, host: os.hostname(), isRunning: true })
  second.lease.release()
  expect(second.lease.claim(processes)).toBeDefined()
  first.lease.release()
  expect(second.lease.claim(processes)).toBeUndefined()
  first.close()
  second.close()
})

test('the lease is kept by renewing it and expires otherwise', () => {
  const dataDir = tempFolder()
  const clock = { now: 1_000_000 }
  const [first, second] = [ledgerAt(dataDir, clock), ledgerAt(dataDir, clock)]
  first.lease.claim(processes)
  clock.now += LEASE_TTL_MS - 1
  expect(first.lease.claim(processes)).toBeUndefined()
  clock.now += LEASE_TTL_MS - 1
  expect(second.lease.claim(processes)).toBeDefined()
  clock.now += 1
  expect(second.lease.claim(processes)).toBeUndefined()
  expect(first.lease.claim(processes)).toBeDefined()
  first.close()
  second.close()
})

test('a killed process does not hold the lease, a running one and one of another machine do', async () => {
  const dataDir = tempFolder()
  const clock = { now: 1_000_000 }
  const ledger = ledgerAt(dataDir, clock)
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  await once(child, 'spawn')
  const until = clock.now + LEASE_TTL_MS
  writeLease(dataDir, { pid: child.pid ?? 0, host: os.hostname(), until })
  expect(ledger.lease.claim(processes)).toMatchObject({ pid: child.pid })
  child.kill('SIGKILL')
  await once(child, 'exit')
  writeLease(dataDir, { pid: child.pid ?? 0, host: 'elsewhere', until })
  expect(ledger.lease.claim(processes)).toMatchObject({ host: 'elsewhere' })
  writeLease(dataDir, { pid: child.pid ?? 0, host: os.hostname(), until })
  expect(ledger.lease.claim(processes)).toBeUndefined()
  ledger.close()
})

test('a claim from a clock that was far ahead does not hold forever', () => {
  const dataDir = tempFolder()
  const clock = { now: 1_000_000 }
  const ledger = ledgerAt(dataDir, clock)
  writeLease(dataDir, { pid: 1, host: 'elsewhere', until: clock.now + 1e10 })
  expect(ledger.lease.claim(processes)).toBeUndefined()
  ledger.close()
})

test('a process that has the id of the holder now, this one or another, does not hold it', async () => {
  const dataDir = tempFolder()
  const clock = { now: 1_000_000 }
  const ledger = ledgerAt(dataDir, clock)
  const until = clock.now + LEASE_TTL_MS
  const host = os.hostname()
  // As after a restart of a container, where everything has the same ids again.
  writeLease(dataDir, { pid: process.pid, host, until })
  expect(ledger.lease.claim(processes)).toBeUndefined()
  writeLease(dataDir, { pid: process.pid, host, until, start: 'a boot 1' })
  expect(ledger.lease.claim(processes)).toBeUndefined()
  writeLease(dataDir, { pid: process.ppid, host, until, start: 'a boot 1' })
  expect(ledger.lease.claim(processes)).toBeUndefined()
  writeLease(dataDir, { pid: process.ppid, host, until, start: readProcessStart(process.ppid) })
  expect(ledger.lease.claim(processes)).toMatchObject({ pid: process.ppid, isRunning: true })
  ledger.close()
})

test.skipIf(process.platform !== 'linux')('a zombie does not hold it', async () => {
  const dataDir = tempFolder()
  const clock = { now: 1_000_000 }
  const ledger = ledgerAt(dataDir, clock)
  // The shell becomes a program that never waits for its child, which ends only then: the shell itself would wait for it.
  const parent = spawn('/bin/sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'])
  try {
    const [text] = (await once(parent.stdout, 'data')) as [Buffer]
    const pid = Number(text.toString())
    while (readFileSync(`/proc/${parent.pid}/comm`, 'latin1').trim() !== 'sleep') await sleep(10)
    process.kill(pid, 'SIGKILL')
    const state = () => readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.[0]
    while (state() !== 'Z') await sleep(10)
    writeLease(dataDir, { pid, host: os.hostname(), until: clock.now + LEASE_TTL_MS, start: readProcessStart(pid) })
    expect(ledger.lease.claim(processes)).toBeUndefined()
  } finally {
    parent.kill('SIGKILL')
    ledger.close()
  }
})

test('a holder on another machine that was watched and has renewed nothing is taken over', () => {
  const dataDir = tempFolder()
  const clock = { now: 1_000_000 }
  const ledger = ledgerAt(dataDir, clock)
  const until = clock.now + LEASE_TTL_MS
  writeLease(dataDir, { pid: 1, host: 'elsewhere', until })
  const watched = ledger.lease.claim(processes)
  expect(watched).toMatchObject({ host: 'elsewhere', isRunning: false })
  // It has renewed it.
  writeLease(dataDir, { pid: 1, host: 'elsewhere', until: until + 1 })
  const renewed = ledger.lease.claim(processes, watched?.mark)
  expect(renewed).toMatchObject({ host: 'elsewhere' })
  expect(ledger.lease.claim(processes, renewed?.mark)).toBeUndefined()
  ledger.close()
})
