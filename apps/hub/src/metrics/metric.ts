import type { Facts, FactsSource } from '../alert/facts.ts'
import type { Clock } from '../clock.ts'
import type { HubConfig } from '../config.ts'
import type { Certificate } from '../http/certificate.ts'
import type { Monitor } from '../monitor/monitor.ts'
import type { Store } from '../store/store.ts'

/** What metrics are read from at a scrape. */
export interface Scrape {
  readonly now: number
  /** Read once, for all metrics of a scrape. */
  readonly facts: Facts
  readonly usage: Pick<FactsSource, 'spent'>
  readonly store: Store
  readonly monitor: Pick<Monitor, 'checkedAt'>
  readonly clock: Pick<Clock, 'monotonic'>
  readonly config: Pick<HubConfig, 'timezone' | 'weekStart'>
  /** Undefined where the hub speaks http alone. */
  readonly certificate: Pick<Certificate, 'expiresAt'> | undefined
}

export interface Sample {
  readonly value: number
  /** One for each of the metric's label names. */
  readonly labels?: Readonly<Record<string, string>>
}

/** A value that is read when it is asked for. */
export interface Metric {
  /** With the unit at its end, as Prometheus wants it. */
  readonly name: string
  readonly help: string
  /** Of few values each: a label with ids would make a series for each session. */
  readonly labels?: readonly string[]
  /** What is not known has no sample. */
  read(scrape: Scrape): Promise<readonly Sample[]>
}

/** One sample for each of the names, with 0 for those that have nothing: a series that comes and goes breaks rules. */
export function countBy<T>(label: string, names: readonly string[], all: Iterable<T>, nameOf: (one: T) => string): Sample[] {
  const counts = new Map(names.map((name) => [name, 0]))
  for (const one of all) counts.set(nameOf(one), (counts.get(nameOf(one)) ?? 0) + 1)
  return [...counts].map(([name, value]) => ({ value, labels: { [label]: name } }))
}
