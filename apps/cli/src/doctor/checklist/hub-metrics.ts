/** The metrics of a hub, as `/metrics` gives them: the numbers of the board. */
export class HubMetrics {
  readonly #samples: ReadonlyMap<string, readonly { readonly labels: string; readonly value: number }[]>

  constructor(text: string) {
    const samples = [...text.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm)].map(([, name, labels = '', value]) => ({
      name: name!,
      labels,
      value: Number(value),
    }))
    this.#samples = Map.groupBy(samples, ({ name }) => name)
  }

  /** The sum of the samples that have all these labels; undefined where there is none. */
  sum(name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
    const found = this.#matching(name, labels)
    return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0)
  }

  /** The lowest of them. */
  lowest(name: string): number | undefined {
    const found = this.#matching(name, {})
    return found.length === 0 ? undefined : Math.min(...found.map(({ value }) => value))
  }

  #matching(name: string, labels: Readonly<Record<string, string>>) {
    const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
    return (this.#samples.get(name) ?? []).filter((sample) => wanted.every((one) => `,${sample.labels},`.includes(`,${one},`)))
  }
}
