import type { Logger } from 'pino'
import type { StatusFile } from '../status-file.ts'
import type { TranscriptObserver } from './watch-transcripts.ts'

/** Each problem is logged once; after this many different ones, further problems are not logged. */
const MAX_LOGGED_PROBLEMS = 1_000

export interface TranscriptSubscriber {
  /** There may be something to send. */
  notify(): void
  /** These transcripts have changed, and their calls are in the ledger. */
  changed(files: readonly string[]): void
}

/** Writes the results of scans into log and status, and notifies the delivery when there may be something to send. */
export function transcriptObserver(log: Logger, status: StatusFile, work: TranscriptSubscriber): TranscriptObserver {
  const logged = new Set<string>()
  let failing = false
  let watched = true
  return {
    scanned(summary, full, watching) {
      const { read } = status.now()
      if (failing) log.info('transcripts are read again')
      failing = false
      if (summary.calls_new + summary.calls_improved > 0) {
        log.debug({ new: summary.calls_new, improved: summary.calls_improved, bytes: summary.bytes_read }, 'calls read')
        work.notify()
      }
      if (summary.note !== undefined) log.info(summary.note)
      if (summary.folders_changed > 0) work.notify()
      // Another process, such as `signalbox usage`, may have put calls into the outbox.
      if (full) work.notify()
      if (full && !watching && watched) log.warn('the system does not watch every folder; polling every few seconds instead')
      if (full) watched = watching
      work.changed(summary.changed)
      for (const { path, message } of summary.problems) {
        const line = `${path} ${message}`
        if (logged.has(line) || logged.size > MAX_LOGGED_PROBLEMS) continue
        logged.add(line)
        log.info({ path }, `a transcript or folder ${message}`)
      }
      status.read({
        at: new Date().toISOString(),
        // A scan of some folders counts only the files in them.
        transcripts: full ? summary.files : Math.max(read.transcripts, summary.files),
        watching: full ? watching : read.watching,
        calls_new: read.calls_new + summary.calls_new,
        problem: undefined,
      })
    },
    failed(error, retryIn) {
      const { message, suggestion } = error as { message: string; suggestion?: string }
      if (!failing) log.error({ err: error, suggestion, retry_in_ms: retryIn }, 'transcripts could not be read')
      failing = true
      status.read({ problem: suggestion === undefined ? message : `${message} ${suggestion}` })
    },
  }
}
