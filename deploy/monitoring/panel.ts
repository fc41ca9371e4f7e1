/** A panel of the board, with the rules that watch the same metrics. */
export interface Panel {
  readonly title: string
  /** What it shows, for someone who sees it for the first time. */
  readonly help: string
  /** One of Grafana's units. */
  readonly unit: 'short' | 's' | 'percent' | 'percentunit' | 'currencyUSD' | 'bytes' | 'reqps' | 'bool'
  readonly queries: readonly Query[]
  readonly rules?: readonly Rule[]
}

export interface Query {
  readonly expr: string
  /** The name of its series; labels in {{}}. */
  readonly legend: string
}

/** An alert of Prometheus. */
export interface Rule {
  readonly alert: string
  readonly expr: string
  /** How long it has to hold. */
  readonly for: string
  readonly severity: 'warning' | 'critical'
  readonly summary: string
  /** What to do: a heading of docs/RUNBOOKS.md, as an anchor. */
  readonly runbook: string
  /** Series for the test, in promtool's notation, one value a minute: with `fires` it fires after 30 minutes, with `rests` it does not. */
  readonly fires: Readonly<Record<string, string>>
  readonly rests: Readonly<Record<string, string>>
}

export interface Row {
  readonly title: string
  readonly panels: readonly Panel[]
}
