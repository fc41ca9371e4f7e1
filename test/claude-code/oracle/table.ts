import { type TokenClass, tokenClasses } from '@signalbox/usage/call'
import { type Amount, amountFields, isNothing } from './amount.ts'
import { type Reason, reasons } from './reason.ts'
import type { Outcome } from './run-scenario.ts'

const header = ['version', 'scenario', 'API log', 'Claude Code’s own sum', 'ours', 'difference', 'why']
const words: Record<TokenClass, string> = { input: 'in', output: 'out', write_5m: 'write 5m', write_1h: 'write 1h', read: 'read' }

/** The outcomes as rows of a table, the first of which is its header. */
export function toTable(outcomes: readonly Outcome[]): string[][] {
  return [header, ...outcomes.map(toRow)]
}

function toRow(outcome: Outcome): string[] {
  const { version, scenario } = outcome
  if ('notPossible' in outcome) return [version, scenario, '–', '–', '–', '–', `not run: ${outcome.notPossible}`]
  if ('failed' in outcome) return [version, scenario, '–', '–', '–', '–', `FAILED: ${outcome.failed.split('\n')[0]}`]
  const { comparison, own } = outcome
  const { log, ledger, difference } = comparison
  const ownText = own.sources.size === 0 ? 'none' : describe(own.amount)
  return [
    version,
    scenario,
    describe(log),
    ownText,
    describe(ledger),
    describeDifference(difference),
    comparison.reasons.map(describeReason).join('; '),
  ]
}

function describe(amount: Amount): string {
  const calls = amount.calls === 0 ? [] : [plural(amount.calls, 'call')]
  return [...calls, `${count(amount.output)} out`, `${count(totalOf(amount))} tokens`, dollars(amount.pico)].join(' · ')
}

/** Every field that differs; the ledger has too little where it is positive. */
export function describeDifference(amount: Amount): string {
  if (isNothing(amount)) return '0'
  const parts = amountFields.flatMap((field) => {
    const value = amount[field]
    if (value === 0) return []
    if (field === 'pico') return [`${sign(value)}${dollars(Math.abs(value))}`]
    return [`${sign(value)}${field === 'calls' ? plural(Math.abs(value), 'call') : `${count(Math.abs(value))} ${words[field]}`}`]
  })
  return parts.join(' · ')
}

function describeReason({ name, calls, amount }: Reason): string {
  const text = reasons[name].isFault ? `FAULT: ${name}` : name
  const size = isNothing(amount) ? '' : `: ${describeDifference(amount)}`
  return calls === 0 ? `${text}${size}` : `${text} (${plural(calls, 'call')})${size}`
}

/** Aligned columns; the last one is free. */
export function toText(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows
    .map((row) => row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column]!))).join('  '))
    .join('\n')
}

const totalOf = (amount: Amount) => tokenClasses.reduce((sum, name) => sum + amount[name], 0)
const count = (value: number) => value.toLocaleString('en-US')
const plural = (value: number, word: string) => `${count(value)} ${word}${value === 1 ? '' : 's'}`
const sign = (value: number) => (value < 0 ? '−' : '+')
const dollars = (pico: number) => `$${(pico / 1e12).toFixed(6).replace(/0{1,2}$/, '')}`
