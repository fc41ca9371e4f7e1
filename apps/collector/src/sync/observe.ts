import type { Logger } from 'pino'
import type { StatusKeeper } from '../status.ts'
import type { DeliveryObserver } from './deliver.ts'

/** Writes the delivery's way into log and status. */
export function deliveryObserver(
  log: Logger,
  status: StatusKeeper,
  also: {
    readonly refused: () => void
    /** True when somebody will see to it. */
    readonly keyRefused: () => boolean
  },
): DeliveryObserver {
  let told = ''
  return {
    idle: () => status.state('idle'),
    sending(calls) {
      log.debug({ calls }, 'sending')
      const { state } = status.now()
      // A try is not yet a recovery.
      if (state !== 'offline' && state !== 'refused') status.state('sending')
    },
    sent(calls) {
      if (status.now().sent.failures > 0) log.info('the hub takes calls again')
      told = ''
      log.debug({ calls }, 'sent')
      status.state('sending')
      status.sent({
        at: new Date().toISOString(),
        calls: status.now().sent.calls + calls,
        failures: 0,
        next_attempt_at: undefined,
        problem: undefined,
        suggestion: undefined,
      })
    },
    refused(key, reason) {
      also.refused()
      log.warn({ key, reason }, 'the hub refuses this call; it is set aside')
    },
    anotherStore: () => log.info('the hub has another store than before: everything is sent again'),
    failed({ state, problem, suggestion, key }, again) {
      const failures = status.now().sent.failures + 1
      const next = new Date(Date.now() + again).toISOString()
      // An outage of a day is one line, not three thousand.
      const line = `${state} ${problem}`
      const helped = key && also.keyRefused()
      if (line !== told) {
        log[helped ? 'info' : 'warn'](
          { problem, next_attempt_at: next, ...(suggestion === undefined ? {} : { suggestion }) },
          describe[state],
        )
        told = line
      }
      status.state(state)
      status.sent({ failures, next_attempt_at: next, problem, suggestion })
    },
  }
}

const describe = {
  offline: 'the hub does not take calls now; they are kept, and sent when it does',
  refused: 'the hub says no; calls are kept until this is put right',
}
