import { openLedger } from './index.ts'

/** A process that stores snapshots, delivers them to its output and prints each step; for tests. */
const [dataDir, first] = process.argv.slice(2)
const start = Date.UTC(2026, 9, 6)
// A fixed clock, so that delivered snapshots never expire.
const { snapshots } = openLedger({ dataDir: dataDir!, now: () => start })
for (let minute = Number(first); ; minute++) {
  const capturedAt = start + minute * 60_000
  const key = snapshots.put({
    source: 'console',
    machineId: 'laptop',
    capturedAt,
    receivedAt: capturedAt,
    windows: [{ kind: 'session', label: '5-hour limit', percentUsed: minute % 100, state: 'known' }],
    isPartial: false,
  })
  process.stdout.write(`put ${key}\n`)
  if (minute % 3 !== 0) continue
  const pending = snapshots.oldest()!
  process.stdout.write(`sent ${pending.key}\n`)
  snapshots.confirm(pending)
  process.stdout.write(`confirmed ${pending.key}\n`)
}
