import { Gauge, type Registry } from 'prom-client'
import type { Logger } from '../log.ts'
import type { Metric, Scrape } from './metric.ts'

/**
 * Registers metrics that are read at each scrape. One that cannot be read has no sample then: an old value would look like
 * a new one.
 * @param open the scrape that the metrics of one answer share
 */
export function registerMetrics(registry: Registry, list: readonly Metric[], open: () => Scrape, logger: Pick<Logger, 'warn'>): void {
  let current: Scrape | undefined
  const scrape = () => {
    // The registry begins to read all of its metrics in one turn.
    if (current === undefined) {
      current = open()
      setImmediate(() => {
        current = undefined
      })
    }
    return current
  }
  for (const { name, help, labels = [], read } of list) {
    let failing = false
    new Gauge({
      name,
      help,
      labelNames: [...labels],
      registers: [registry],
      async collect() {
        const samples = await read(scrape()).catch((err: unknown) => {
          // Logged once: a store that is away for an hour would fill the log otherwise.
          if (!failing) logger.warn({ err, metric: name }, 'a metric could not be read')
          return undefined
        })
        failing = samples === undefined
        this.reset()
        // Without labels there is a sample of 0 from the start.
        if (labels.length === 0) this.remove()
        for (const { value, labels: ofSample = {} } of samples ?? []) this.set({ ...ofSample }, value)
      },
    })
  }
}
