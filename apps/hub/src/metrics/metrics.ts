import type { FastifyInstance } from 'fastify'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { HeartbeatUrl } from '../alert/heartbeat-url.ts'
import type { SendObserver } from '../alert/sender.ts'
import type { StoreFailures } from '../maintenance/store-failures.ts'
import type { Mirror } from '../mirror/mirror.ts'
import type { WriteTimes } from '../store/write-times.ts'

export interface Metrics {
  readonly registry: Registry
  readonly calls: Counter<'result'>
  readonly events: Counter<'event'>
  readonly listeners: Gauge
  readonly messages: SendObserver
  /** The durations of one kind of answer; the caller gets the series once and keeps it. */
  answered(method: string, route: string, status: number): { observe(seconds: number): void }
}

/** Durations that are buffered before they are observed together. */
const FLUSH_SIZE = 256

/** Metrics of one hub, in a registry of its own, so that two hubs in one process do not add up. */
export function createMetrics(app: FastifyInstance): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  /** Flush the buffers of `answered`. */
  const flushes: (() => void)[] = []
  const requests = new Histogram({
    name: 'signalbox_http_request_duration_seconds',
    help: 'Time from a request to its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
    collect() {
      for (const flush of flushes) flush()
    },
  })
  /** By route and then by status: the library would sort and join the labels for every observation. */
  const series = new WeakMap<object, { observe(seconds: number): void }[]>()
  app.addHook('onResponse', (request, reply, done) => {
    let ofRoute = series.get(request.routeConfig)
    if (ofRoute === undefined) {
      ofRoute = []
      series.set(request.routeConfig, ofRoute)
    }
    const { statusCode } = reply
    // By route, not by address: each id would make a series.
    ofRoute[statusCode] ??= requests.labels({ method: request.method, route: request.routeConfig.url ?? 'none', status: statusCode })
    ofRoute[statusCode].observe(reply.elapsedTime / 1000)
    done()
  })
  return {
    registry,
    answered(method, route, status) {
      const series = requests.labels({ method, route, status })
      const buffer: number[] = []
      const flush = () => {
        for (const seconds of buffer.splice(0)) series.observe(seconds)
      }
      flushes.push(flush)
      return {
        // Together: one by one, between other work, each costs several times as much.
        observe(seconds) {
          if (buffer.push(seconds) >= FLUSH_SIZE) flush()
        },
      }
    },
    calls: new Counter({
      name: 'signalbox_calls_total',
      help: 'Calls received, by result',
      labelNames: ['result'],
      registers,
    }),
    events: new Counter({ name: 'signalbox_events_total', help: 'Events published', labelNames: ['event'], registers }),
    listeners: new Gauge({ name: 'signalbox_event_listeners', help: 'Open event streams', registers }),
    messages: measureMessages(registers),
  }
}

/** Registers whether the JSON files of snapshots can be written, read at collection. */
export function measureMirror({ registry }: Metrics, mirror: Pick<Mirror, 'state'>): void {
  new Gauge({
    name: 'signalbox_mirror_failing',
    help: 'Whether the JSON files of plan limits cannot be written; the log has the reason',
    registers: [registry],
    collect() {
      this.set(mirror.state.state === 'failing' ? 1 : 0)
    },
  })
}

/** Of alerts: what was sent, with which outcome, and how long after what it reports. */
function measureMessages(registers: Registry[]): SendObserver {
  const messages = new Counter({
    name: 'signalbox_messages_total',
    help: 'Attempts to send a message of alerts, by kind of channel and outcome',
    labelNames: ['channel', 'outcome'],
    registers,
  })
  const delivery = new Histogram({
    name: 'signalbox_alert_delivery_seconds',
    help: 'Time from what an alert reports until a channel has accepted the first message about it, with grouping and quiet hours',
    buckets: [1, 2, 3, 5, 10, 30, 60, 300, 900, 3600, 14_400, 43_200],
    registers,
  })
  return {
    attempted: (channel, outcome) => messages.inc({ channel, outcome }),
    delivered: (ms) => delivery.observe(Math.max(0, ms) / 1000),
  }
}

export function measureBuild({ registry }: Metrics, version: string): void {
  const labels = { version, node: process.versions.node }
  new Gauge({
    name: 'signalbox_build_info',
    help: 'Version of the hub and of Node',
    labelNames: ['version', 'node'],
    registers: [registry],
  }).set(labels, 1)
}

export function measureStore({ registry }: Metrics, times: WriteTimes, failures: StoreFailures): void {
  const registers = [registry]
  const writes = new Histogram({
    name: 'signalbox_store_write_seconds',
    help: 'Time of a write until it is durable; with SQLite of a commit, which may hold many',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  })
  times.listen((seconds) => writes.observe(seconds))
  const failed = new Counter({
    name: 'signalbox_store_failures_total',
    help: 'Requests that failed because the database could not be read or written',
    labelNames: ['operation'],
    registers,
  })
  for (const operation of ['read', 'write'] as const) failed.inc({ operation }, 0)
  failures.listen((operation) => failed.inc({ operation }))
}

/** Whether the address that watches the hub from outside was reached. */
export function measureHeartbeatUrl({ registry }: Metrics, heartbeat: Pick<HeartbeatUrl, 'isReached'>): void {
  new Gauge({
    name: 'signalbox_heartbeat_url_ok',
    help: 'Whether HEARTBEAT_URL was reached the last time and the hub was well',
    registers: [registry],
    collect() {
      this.set(heartbeat.isReached ? 1 : 0)
    },
  })
}
