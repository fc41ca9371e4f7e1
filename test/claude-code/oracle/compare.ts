import { tokenClasses } from '@signalbox/usage/call'
import { normaliseModel } from '@signalbox/usage/model-name'
import { localDay } from '@signalbox/usage/zone'
import { type Amount, addTo, amountFields, hasSameTokens, isNothing, minus, nothing, plus, sumOf } from './amount.ts'
import type { ServedCall } from './api-log.ts'
import type { LedgerCall, LedgerSum } from './ledger-sum.ts'
import { type Reason, type ReasonName, reasons } from './reason.ts'
import type { TranscriptMessage } from './transcript-message.ts'

/** The ledger held to the log of the API. */
export interface Comparison {
  readonly log: Amount
  readonly ledger: Amount
  /** The log less the ledger. */
  readonly difference: Amount
  readonly reasons: readonly Reason[]
  /** The log less the ledger for each session, model and day where they differ. */
  readonly bySession: Readonly<Record<string, Amount>>
  readonly byModel: Readonly<Record<string, Amount>>
  readonly byDay: Readonly<Record<string, Amount>>
  /** How many calls our report says are unfinished, so that its sums are at least what they show. */
  readonly unfinishedCalls: number
}

/** The clocks of the stand-in and of the client are one; the client writes a row a little after the last byte. */
const ROW_DELAY_MS = 2_000

/**
 * Explains every difference from the data: from what the API has served, what stands in the rows, and what the ledger says.
 * @param zone the IANA zone of the days
 */
export function compare(
  served: readonly ServedCall[],
  messages: ReadonlyMap<string, TranscriptMessage>,
  ledger: LedgerSum,
  zone: string,
): Comparison {
  const log = sumOf(served.map(({ amount }) => amount))
  const difference = minus(log, ledger.total)
  const sums = new ReasonSums()
  const known = new Map(ledger.calls.map((call) => [call.id, call]))
  for (const call of served) explainCall(sums, call, known.get(call.id), messages.get(call.id), zone)
  const servedIds = new Set(served.map(({ id }) => id))
  for (const call of ledger.calls) if (!servedIds.has(call.id)) sums.add('no call', minus(nothing, call.amount))
  const unfinished = ledger.calls.filter(({ id }) => messages.get(id)?.isFinal === false).length
  if (unfinished !== ledger.unfinishedCalls) sums.add('not said', nothing, Math.abs(unfinished - ledger.unfinishedCalls))
  if (!isNothing(ledger.notItemised)) sums.add('not itemised', minus(nothing, ledger.notItemised), 0)
  const rest = minus(difference, sums.total)
  if (!isNothing(rest)) sums.add('unexplained', rest, 0)
  const bySession = differences(
    groupBy(served, ({ session }) => session),
    ledger.bySession,
  )
  const byModel = differences(
    groupBy(served, ({ model }) => normaliseModel(model)),
    rename(ledger.byModel, normaliseModel),
  )
  const byDay = differences(
    groupBy(served, (call) => dayOf(call, known.get(call.id), zone)),
    ledger.byDay,
  )
  if (isMisplaced(bySession, difference)) sums.add('other session', nothing, 0)
  if (isMisplaced(byModel, difference)) sums.add('other model', nothing, 0)
  // What Claude Code recorded beyond its rows has no times.
  if (isMisplaced(byDay, difference) && isNothing(ledger.notItemised)) sums.add('other day', nothing, 0)
  return { log, ledger: ledger.total, difference, reasons: sums.list(), bySession, byModel, byDay, unfinishedCalls: ledger.unfinishedCalls }
}

/** One of the groups has too much of something of which there is not too much in all. */
function isMisplaced(groups: Readonly<Record<string, Amount>>, difference: Amount): boolean {
  return tokenClasses.some((name) => difference[name] >= 0 && Object.values(groups).some((amount) => amount[name] < 0))
}

function explainCall(
  sums: ReasonSums,
  served: ServedCall,
  known: LedgerCall | undefined,
  message: TranscriptMessage | undefined,
  zone: string,
): void {
  if (known === undefined) {
    sums.add(message === undefined ? whyNoRow(served) : 'not read', served.amount)
    return
  }
  const missing = minus(served.amount, known.amount)
  if (!isNothing(missing)) sums.add(whyFigures(served, known, message), missing)
  if (known.session !== served.session) sums.add('other session', nothing)
  if (normaliseModel(known.model) !== normaliseModel(served.model)) sums.add('other model', nothing)
  if (dayOf(served, known, zone) !== localDay(zone, known.at)) sums.add('other day', nothing)
}

function whyNoRow({ isRefused, isCutOff, offeredTools }: ServedCall): ReasonName {
  if (isRefused) return 'refused'
  if (isCutOff) return 'cut-off'
  return offeredTools ? 'call without a row' : 'helper call'
}

function whyFigures(served: ServedCall, known: LedgerCall, message: TranscriptMessage | undefined): ReasonName {
  if (hasSameTokens(served.amount, known.amount)) return 'price'
  if (message?.output.includes(known.amount.output) !== true) return 'figures of the ledger'
  if (message.isFinal) return 'figures of the rows'
  return served.isCutOff ? 'cut-off' : 'unfinished'
}

/** An answer may begin before midnight and end after it; then the day that the ledger has chosen of the two is right. */
function dayOf({ asked, ended }: ServedCall, known: LedgerCall | undefined, zone: string): string {
  const chosen = known === undefined ? undefined : localDay(zone, known.at)
  const days = [asked, ended, ended + ROW_DELAY_MS].map((at) => localDay(zone, at))
  return chosen !== undefined && days.includes(chosen) ? chosen : days[0]!
}

function groupBy(served: readonly ServedCall[], nameOf: (call: ServedCall) => string): Map<string, Amount> {
  const sums = new Map<string, Amount>()
  for (const call of served) addTo(sums, nameOf(call), call.amount)
  return sums
}

function rename(sums: ReadonlyMap<string, Amount>, nameOf: (name: string) => string): Map<string, Amount> {
  const renamed = new Map<string, Amount>()
  for (const [name, amount] of sums) addTo(renamed, nameOf(name), amount)
  return renamed
}

function differences(log: ReadonlyMap<string, Amount>, ledger: ReadonlyMap<string, Amount>): Record<string, Amount> {
  const names = [...new Set([...log.keys(), ...ledger.keys()])]
  const all = names.map((name) => [name, minus(log.get(name) ?? nothing, ledger.get(name) ?? nothing)] as const)
  return Object.fromEntries(all.filter(([, amount]) => !isNothing(amount)))
}

class ReasonSums {
  readonly #reasons = new Map<ReasonName, Reason>()

  get total(): Amount {
    return sumOf([...this.#reasons.values()].map(({ amount }) => amount))
  }

  add(name: ReasonName, amount: Amount, calls = 1): void {
    const before = this.#reasons.get(name) ?? { name, amount: nothing, calls: 0 }
    this.#reasons.set(name, { name, amount: plus(before.amount, amount), calls: before.calls + calls })
  }

  /** The faults first, and last what makes up for others. */
  list(): Reason[] {
    const size = ({ amount }: Reason) => amountFields.reduce((sum, field) => sum + Math.abs(amount[field]), 0)
    const rank = ({ name }: Reason) => (reasons[name].isFault ? 0 : name === 'not itemised' ? 2 : 1)
    return [...this.#reasons.values()].sort((a, b) => rank(a) - rank(b) || size(b) - size(a))
  }
}
