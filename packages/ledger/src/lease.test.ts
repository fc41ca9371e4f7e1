import { spawn } from 'node:child_process'
import { once } from 'node:events'
import os from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../../../test/support/temp.ts'
import { LEASE_MS } from './lease.ts'
import { openLedger } from './ledger.ts'
import { openStore } from './store/open-store.ts'

function ledgerAt(dataDir: string, clock: { now: number }) {
  return openLedger({ dataDir, now: () => clock.now })
}

/** As if that process had claimed it. */
function keptBy(dataDir: string, kept: { pid: number; host: string; until: number }) {
  const db = openStore(path.join(dataDir, 'ledger.db'))
  db.prepare("INSERT OR REPLACE INTO meta (name, value) VALUES ('collector', ?)").run(JSON.stringify({ token: 'another', ...kept }))
  db.close()
}

test('only one has it, until it is given back', () => {
  const dataDir = tempFolder()
  const clock = { now: 1_000_000 }
  const [first, second] = [ledgerAt(dataDir, clock), ledgerAt(dataDir, clock)]
  expect(first.lease.claim()).toBeUndefined()
  expect(second.lease.claim()).toEqual({ pid: process.pid, host: os.hostname() })
  second.lease.release()
  expect(second.lease.claim()).toBeDefined()
  first.lease.release()
  expect(second.lease.claim()).toBeUndefined()
  first.close()
  second.close()
})

test('it is kept by renewing it and lost by not doing so', () => {
  const dataDir = tempFolder()
  const clock = { now: 1_000_000 }
  const [first, second] = [ledgerAt(dataDir, clock), ledgerAt(dataDir, clock)]
  first.lease.claim()
  clock.now += LEASE_MS - 1
  expect(first.lease.claim()).toBeUndefined()
  clock.now += LEASE_MS - 1
  expect(second.lease.claim()).toBeDefined()
  clock.now += 1
  expect(second.lease.claim()).toBeUndefined()
  expect(first.lease.claim()).toBeDefined()
  first.close()
  second.close()
})

test('a process that was killed does not hold it, a living one and another machine do', async () => {
  const dataDir = tempFolder()
  const clock = { now: 1_000_000 }
  const ledger = ledgerAt(dataDir, clock)
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  await once(child, 'spawn')
  const until = clock.now + LEASE_MS
  keptBy(dataDir, { pid: child.pid ?? 0, host: os.hostname(), until })
  expect(ledger.lease.claim()).toMatchObject({ pid: child.pid })
  child.kill('SIGKILL')
  await once(child, 'exit')
  keptBy(dataDir, { pid: child.pid ?? 0, host: 'elsewhere', until })
  expect(ledger.lease.claim()).toMatchObject({ host: 'elsewhere' })
  keptBy(dataDir, { pid: child.pid ?? 0, host: os.hostname(), until })
  expect(ledger.lease.claim()).toBeUndefined()
  ledger.close()
})

test('a claim from a clock that was far ahead does not hold for ever', () => {
  const dataDir = tempFolder()
  const clock = { now: 1_000_000 }
  const ledger = ledgerAt(dataDir, clock)
  keptBy(dataDir, { pid: 1, host: 'elsewhere', until: clock.now + 1e10 })
  expect(ledger.lease.claim()).toBeUndefined()
  ledger.close()
})
