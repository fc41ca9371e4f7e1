import type { Logger } from 'pino'
import type { Bell } from '../bell.ts'
import type { StatusKeeper } from '../status.ts'
import type { GatherObserver } from './gather.ts'

/** Writes what was gathered into log and status, and says when there is something to send. */
export function gatherObserver(log: Logger, status: StatusKeeper, work: Pick<Bell, 'ring'>): GatherObserver {
  const told = new Set<string>()
  let failing = false
  let watched = true
  return {
    gathered(summary, whole, watching) {
      const { read } = status.now()
      if (failing) log.info('transcripts are read again')
      failing = false
      if (summary.calls_new + summary.calls_improved > 0) {
        log.debug({ new: summary.calls_new, improved: summary.calls_improved, bytes: summary.bytes_read }, 'read')
        work.ring()
      }
      // Calls that another process has read, `signalbox usage` for one, are in the outbox too.
      if (whole) work.ring()
      if (whole && !watching && watched) log.warn('the system will not watch all folders for us; looking every few seconds instead')
      if (whole) watched = watching
      for (const { path, message } of summary.problems) {
        const line = `${path} ${message}`
        if (told.has(line) || told.size > MOST_TOLD) continue
        told.add(line)
        log.info({ path }, `a transcript or folder ${message}`)
      }
      status.read({
        at: new Date().toISOString(),
        // A look at some folders counts only what is in them.
        transcripts: whole ? summary.files : Math.max(read.transcripts, summary.files),
        watching: whole ? watching : read.watching,
        calls_new: read.calls_new + summary.calls_new,
        problem: undefined,
      })
    },
    failed(error, again) {
      const { message, suggestion } = error as { message: string; suggestion?: string }
      if (!failing) log.error({ err: error, suggestion, again }, 'transcripts could not be read')
      failing = true
      status.read({ problem: suggestion === undefined ? message : `${message} ${suggestion}` })
    },
  }
}

/** Problems are told once; a folder with more of them than this has one problem. */
const MOST_TOLD = 1_000
