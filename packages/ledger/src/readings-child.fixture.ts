import { openLedger } from './index.ts'

/** For tests: a process of its own that puts readings and delivers them to its output, naming what it has done. */
const [dataDir, first] = process.argv.slice(2)
const start = Date.UTC(2026, 9, 6)
// A clock that stands still: nothing of what was delivered grows old.
const { readings } = openLedger({ dataDir: dataDir!, now: () => start })
for (let minute = Number(first); ; minute++) {
  const capturedAt = start + minute * 60_000
  const key = readings.put({
    source: 'console',
    machineId: 'laptop',
    capturedAt,
    receivedAt: capturedAt,
    windows: [{ kind: 'session', label: 'Current session', percentUsed: minute % 100, state: 'known' }],
    isPartial: false,
  })
  process.stdout.write(`put ${key}\n`)
  if (minute % 3 !== 0) continue
  const reading = readings.oldest()!
  process.stdout.write(`sent ${reading.key}\n`)
  readings.confirm(reading)
  process.stdout.write(`confirmed ${reading.key}\n`)
}
