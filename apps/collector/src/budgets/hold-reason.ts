import { isPlanKind } from '@signalbox/contract/budget-kind'
import { type HeldLease, isMoney, remainingOf } from './held-lease.ts'

const periods = {
  day: 'today',
  week: 'this week',
  month: 'this month',
  five_hour: 'the 5-hour window',
  seven_day: 'the weekly window',
} as const

/** What a held session says in its terminal. @param url where people go on */
export function holdReason(lease: HeldLease, spentUsd: number, url: string): string {
  const { name, kind, line, used, is_spent } = lease
  const text = (value: number) => (isPlanKind(kind) ? `${Math.round(value * 10) / 10}%` : `$${value.toFixed(2)}`)
  // What this machine has spent since, the hub may not know yet.
  const now = isMoney(lease) ? used + Math.max(0, spentUsd - lease.base_usd) : used
  const isShare = isMoney(lease) && !is_spent && now < line && remainingOf(lease, spentUsd) <= 0
  const what = isShare
    ? `Signalbox: what this machine may spend of the budget "${name}" for ${periods[kind]} is spent; other machines have the rest of ${text(line)}.`
    : `Signalbox: the budget "${name}" for ${periods[kind]} is spent: ${text(now)} of ${text(line)}.`
  const where = url === '' ? '' : `${url} or `
  return `${what} No work is lost. To go on: ${where}signalbox budgets go-on "${name}" ${isPlanKind(kind) ? '10' : '5'}, then type "go on" here.`
}
