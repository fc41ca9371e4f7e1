import { readFileSync, statSync } from 'node:fs'
import { openLedger } from '@signalbox/ledger'
import { ObservationWriter } from './observation-writer.ts'
import { parseProcessFile } from './process-file.ts'
import { openProcessStates } from './process-state.ts'
import { SessionTracker } from './session-tracker.ts'

/**
 * A process that observes one process file as a collector does; for tests. It writes everything, or is killed as soon as it has
 * seen the start or the end, which are in its memory then.
 */
const [dataDir, file, until] = process.argv.slice(2) as [string, string, 'killed at start' | 'killed at end' | 'started' | 'ended']
const ledger = openLedger({ dataDir })
const kill = () => process.kill(process.pid, 'SIGKILL')
const writer = new ObservationWriter({ write: (batch) => ledger.observations.put(batch), written() {}, problemChanged() {} })
const tracker = new SessionTracker({
  put: (observation) => writer.put(observation),
  processes: openProcessStates(),
  living: ledger.livingSessions,
  usage: () => undefined,
  toSentName: (name) => name,
  redacts: false,
  changed() {
    if (until === 'killed at start' || (until === 'killed at end' && tracker.living().length === 0)) kill()
  },
  now: Date.now,
  failed(error) {
    throw error
  },
})
const modifiedAt = statSync(file, { throwIfNoEntry: false })?.mtimeMs
if (modifiedAt !== undefined) tracker.processFileChanged(file, parseProcessFile(readFileSync(file, 'utf8'), modifiedAt)!)
tracker.endRestored()
if (until === 'killed at end' || until === 'ended') {
  // The start is on disk by then, and the test ends the process of the file.
  writer.close()
  process.stdout.write('started\n')
  while (tracker.living().length > 0) {
    tracker.checkProcesses()
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
writer.close()
ledger.close()
process.exit()
