import type { Row } from './panel.ts'
import { allRules } from './rules.ts'

/** A metric as `/metrics` describes it. */
export interface DescribedMetric {
  readonly name: string
  readonly type: string
  readonly help: string
  readonly labels: readonly string[]
}

/** The table of metrics of docs/MONITORING.md. @param text an answer of `/metrics` */
export function metricsTable(text: string): string {
  const rows = describe(text).map(
    ({ name, type, help, labels }) => `| \`${name}\` | ${type} | ${labels.map((one) => `\`${one}\``).join(', ')} | ${help} |`,
  )
  return ['| metric | type | labels | what it says |', '| --- | --- | --- | --- |', ...rows].join('\n')
}

export function rulesTable(table: readonly Row[]): string {
  const rows = allRules(table).map(({ alert, severity, for: holds, summary, runbook }) => {
    const cells = [`\`${alert}\``, severity, holds, plainSummary(summary), `[what to do](RUNBOOKS.md#${runbook})`]
    return `| ${cells.join(' | ')} |`
  })
  return ['| alert | severity | after | what it says | |', '| --- | --- | --- | --- | --- |', ...rows].join('\n')
}

/** Without the parts that Prometheus fills in. */
function plainSummary(summary: string): string {
  const text = summary.replace('{{ $labels.instance }}', 'a hub').replace(/: \{\{.*\}\}/, '')
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** Of Signalbox, by name. */
function describe(text: string): DescribedMetric[] {
  const helps = new Map([...text.matchAll(/^# HELP (signalbox_\w+) (.*)$/gm)].map(([, name, help]) => [name!, help!]))
  const types = new Map([...text.matchAll(/^# TYPE (signalbox_\w+) (\w+)$/gm)].map(([, name, type]) => [name!, type!]))
  return [...helps]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, help]) => {
      const sample = text.match(new RegExp(`^${name}(?:_bucket)?\\{(.*?)\\} `, 'm'))?.[1] ?? ''
      const labels = [...sample.matchAll(/(\w+)="/g)].map(([, label]) => label!).filter((label) => label !== 'le')
      return { name, type: types.get(name) ?? '', help, labels }
    })
}
