import fs from 'node:fs'
import { type Amount, isNothing } from './amount.ts'
import { type Reason, reasons } from './reason.ts'
import type { Outcome } from './run-scenario.ts'
import { scenarios } from './scenarios.ts'
import { describeDifference, toTable } from './table.ts'

const begin = '<!-- written by `npm run oracle -- --markdown` -->'
const end = '<!-- end -->'

/** Writes the outcomes into a document, between the two marks where it has them; else they become the document. */
export function writeMarkdown(file: string, outcomes: readonly Outcome[]): void {
  const parts = [
    listOf(Object.entries(reasons).map(([name, { about, isFault }]) => [`**${name}**`, `${about}${isFault ? ' (a fault of ours)' : ''}`])),
    'The scenarios:',
    listOf(scenarios.map(({ name, about }) => [name, about])),
    'What the report lacks (`+`) or has too much (`−`), and why. `=` is a report that equals the log, `–` a scenario that the version cannot play:',
    toMatrix(outcomes),
    'The scenarios in which the log, Claude Code’s own sum and ours are not all the same, or that cannot be played:',
    toMarkdown(toTable(outcomes.filter((outcome) => !isSame(outcome)))),
  ]
  const tables = [begin, ...parts, end].join('\n\n')
  const text = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : ''
  const [first, last] = [text.indexOf(begin), text.indexOf(end)]
  fs.writeFileSync(file, first < 0 || last < first ? `${tables}\n` : `${text.slice(0, first)}${tables}${text.slice(last + end.length)}`)
}

function isSame(outcome: Outcome): boolean {
  if (!('comparison' in outcome)) return false
  const { comparison, own } = outcome
  // Most versions do not divide cache writes, and none counts calls.
  const figures = ({ input, output, write_5m, write_1h, read, pico }: Amount) => [input, output, write_5m + write_1h, read, pico].join()
  return comparison.reasons.length === 0 && figures(comparison.log) === figures(own.amount)
}

/** Scenarios by version: in a word what the ledger lacks, and why. */
function toMatrix(outcomes: readonly Outcome[]): string {
  const versions = [...new Set(outcomes.map(({ version }) => version))]
  const names = [...new Set(outcomes.map(({ scenario }) => scenario))]
  const cell = (name: string, version: string) => {
    const outcome = outcomes.find((one) => one.version === version && one.scenario === name)
    return outcome === undefined ? '' : toCell(outcome)
  }
  return toMarkdown([['', ...versions], ...names.map((name) => [name, ...versions.map((version) => cell(name, version))])])
}

function toCell(outcome: Outcome): string {
  if ('notPossible' in outcome) return '–'
  if ('failed' in outcome) return 'failed'
  const { difference, reasons: found } = outcome.comparison
  if (found.length === 0) return '='
  const why = found.map(nameOf).join(', ')
  const short = { ...difference, input: 0, write_5m: 0, write_1h: 0, read: 0, pico: 0 }
  return isNothing(difference) ? `= (${why})` : `${isNothing(short) ? '' : `${describeDifference(short)}: `}${why}`
}

function nameOf({ name }: Reason): string {
  return reasons[name].isFault ? `**${name}**` : name
}

function listOf(rows: readonly (readonly [string, string])[]): string {
  return rows.map(([name, about]) => `- ${name}: ${about.replace(/\.$/, '')}`).join('\n')
}

function toMarkdown(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...body.map(line)].join('\n')
}
