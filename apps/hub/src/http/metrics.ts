import type { FastifyInstance } from 'fastify'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Mirror } from '../mirror/mirror.ts'

export interface Metrics {
  readonly registry: Registry
  readonly calls: Counter<'result'>
  readonly events: Counter<'event'>
  readonly listeners: Gauge
  /** What one kind of answer took, in seconds; asked for once and kept. */
  answered(method: string, route: string, status: number): { observe(seconds: number): void }
}

const MANY = 256

/** Figures of one hub; its own registry, so that two hubs in one process do not add up. */
export function createMetrics(app: FastifyInstance): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  /** What `answered` was told and the library was not yet. */
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
  /** By route and then by status: the library sorts and joins the labels anew for every figure. */
  const series = new WeakMap<object, { observe(seconds: number): void }[]>()
  app.addHook('onResponse', (request, reply, done) => {
    let ofRoute = series.get(request.door)
    if (ofRoute === undefined) {
      ofRoute = []
      series.set(request.door, ofRoute)
    }
    const { statusCode } = reply
    // By the route and not by the address: ids would make a series each.
    ofRoute[statusCode] ??= requests.labels({ method: request.method, route: request.door.url ?? 'none', status: statusCode })
    ofRoute[statusCode].observe(reply.elapsedTime / 1000)
    done()
  })
  return {
    registry,
    answered(method, route, status) {
      const series = requests.labels({ method, route, status })
      const waiting: number[] = []
      const flush = () => {
        for (const seconds of waiting.splice(0)) series.observe(seconds)
      }
      flushes.push(flush)
      return {
        // Many at a time: one by one, in the midst of so much else, each costs several times as much.
        observe(seconds) {
          if (waiting.push(seconds) >= MANY) flush()
        },
      }
    },
    calls: new Counter({
      name: 'signalbox_calls_total',
      help: 'Calls received, by what became of them',
      labelNames: ['result'],
      registers,
    }),
    events: new Counter({ name: 'signalbox_events_total', help: 'Events told', labelNames: ['event'], registers }),
    listeners: new Gauge({ name: 'signalbox_event_listeners', help: 'Open event streams', registers }),
  }
}

/** Whether the files of readings can be written, asked when somebody asks for it. */
export function measureMirror({ registry }: Metrics, mirror: Pick<Mirror, 'state'>): void {
  new Gauge({
    name: 'signalbox_mirror_failing',
    help: 'Whether the files of plan limits cannot be written; the log says why',
    registers: [registry],
    collect() {
      this.set(mirror.state.state === 'failing' ? 1 : 0)
    },
  })
}
