import type { LimitStatus } from '@signalbox/contract/collector'
import type { Readings } from '@signalbox/ledger'
import type { LimitSnapshot } from '@signalbox/usage/limit-snapshot'
import type { Logger } from 'pino'
import type { ReadingDeliveryObserver } from './deliver-readings.ts'
import type { TouchObserver } from './keep-in-touch.ts'
import type { SyncError } from './sync-error.ts'
import { SyncMeter, type SyncTry } from './sync-metrics.ts'

export interface ReadingObserverOptions {
  readonly log: Logger
  /** SYNC_VERBOSE: a line for each try. */
  readonly verbose: boolean
  readonly url: string
  readonly readings: Readings
  /** Something of what is told is another. */
  readonly changed: () => void
  /** The hub is there: whoever waits for it need not wait longer. */
  readonly reached: () => void
  /** Somebody will see to it when the key is refused. */
  readonly helped: () => boolean
}

/** Writes the way of readings into log and status. What is in a reading is never logged. */
export function readingObserver({ log, verbose, url, readings, changed, reached, helped }: ReadingObserverOptions) {
  const meter = new SyncMeter()
  let sent: Pick<LimitStatus['sync'], 'at' | 'readings' | 'failures' | 'next_attempt_at' | 'problem' | 'suggestion'> = {
    readings: 0,
    failures: 0,
  }
  let contact: LimitStatus['contact'] = { failures: 0 }
  let told = ''
  const now = () => new Date().toISOString()
  const textOf = ({ message, suggestion }: SyncError) => ({ problem: message, ...(suggestion === undefined ? {} : { suggestion }) })

  const delivery: ReadingDeliveryObserver = {
    idle: () => {},
    sent({ snapshot }) {
      if (sent.failures > 0) log.info('the hub takes readings again')
      told = ''
      log.debug({ source: snapshot.source, taken: new Date(snapshot.capturedAt).toISOString() }, 'reading sent')
      sent = { at: now(), readings: sent.readings + 1, failures: 0 }
      changed()
    },
    refused({ key, snapshot }, reason) {
      log.warn({ key, source: snapshot.source, reason }, 'the hub refuses this reading; it is set aside')
      changed()
    },
    anotherStore: () => log.info('the hub has another store than before: the readings that are kept are sent again'),
    failed(error, again) {
      const next = new Date(Date.now() + again).toISOString()
      // An outage of a week is one line.
      const line = `${error.category} ${error.message}`
      if (line !== told) {
        const level = error.category === 'AUTH' && helped() ? 'info' : 'warn'
        log[level]({ category: error.category, ...textOf(error), next_attempt_at: next }, describe(error))
        told = line
      }
      const { at, readings, failures } = sent
      sent = { ...(at === undefined ? {} : { at }), readings, failures: failures + 1, next_attempt_at: next, ...textOf(error) }
      changed()
    },
  }
  const touch: TouchObserver = {
    reached() {
      if (contact.failures > 0) {
        log.debug('the hub can ask for readings again')
        reached()
      }
      contact = { at: now(), failures: 0 }
      changed()
    },
    asked: (id) => log.info({ trigger: id }, 'the hub asks for a reading'),
    failed(error, again) {
      // Whoever has something to send says so; this connection only waits.
      if (contact.failures === 0) log.debug({ category: error.category, ...textOf(error), again }, 'the hub cannot ask for readings now')
      contact = { ...(contact.at === undefined ? {} : { at: contact.at }), failures: contact.failures + 1, problem: error.message }
      changed()
    },
  }
  return {
    delivery,
    touch,
    tried(one: SyncTry, { source, capturedAt }: LimitSnapshot) {
      meter.add(one)
      if (!verbose) return
      const { retry, failed } = one
      const taken = new Date(capturedAt).toISOString()
      log.info({ source, taken, try: retry + 1, took_ms: Math.round(one.duration), outcome: failed ?? 'taken' }, 'sync')
    },
    sync: (): LimitStatus['sync'] => ({
      url,
      pending: readings.pending(),
      set_aside: readings.refusedTotal(),
      ...sent,
      last_10: meter.lastTen(),
      all: meter.sinceStart(),
    }),
    contact: () => contact,
  }
}

function describe({ category, retryable }: SyncError): string {
  if (retryable) return 'the hub does not take readings now; they are kept, and sent when it does'
  return category === 'AUTH'
    ? 'the hub does not accept our key; readings are kept on this machine until this is put right'
    : 'readings cannot be sent; they are kept until this is put right'
}
