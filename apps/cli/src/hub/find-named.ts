import { printable } from '@signalbox/contract/printable'
import { Failure } from '../failure.ts'
import { formatCount } from '../format-number.ts'
import { didYouMean } from '../nearest.ts'

const MIN_PREFIX_LENGTH = 4

interface Named<Row> {
  readonly noun: string
  /** The command that lists them. */
  readonly list: string
  readonly idOf: (row: Row) => string
  readonly nameOf: (row: Row) => string
}

/**
 * The row with this id or name, or with an id that begins so.
 * @throws Failure when there is none, or more than one
 */
export function findNamed<Row>(rows: readonly Row[], asked: string, { noun, list, idOf, nameOf }: Named<Row>): Row {
  const lower = asked.trim().toLowerCase()
  const exact = rows.filter((row) => idOf(row) === asked)
  const byName = rows.filter((row) => nameOf(row).toLowerCase() === lower)
  const byPrefix = lower.length < MIN_PREFIX_LENGTH ? [] : rows.filter((row) => beginsWith(idOf(row).toLowerCase(), lower))
  const found = [exact, byName, byPrefix].find((matches) => matches.length > 0) ?? []
  const [only] = found
  if (only === undefined) {
    const names = rows.flatMap((row) => [nameOf(row), idOf(row)]).map(printable)
    const isShort = lower !== '' && lower.length < MIN_PREFIX_LENGTH && rows.some((row) => beginsWith(idOf(row).toLowerCase(), lower))
    throw new Failure(
      `no ${noun} has the name or id ${printable(asked)}.${isShort ? ' Of an id, type at least four characters.' : didYouMean(asked.trim(), names)}`,
      `\`${list}\` shows them.`,
    )
  }
  if (found.length === 1) return only
  const candidates = found.map((row) => `${printable(idOf(row))}  ${printable(nameOf(row))}`)
  throw new Failure([`${formatCount(found.length, noun)} match ${printable(asked)}:`, ...candidates, 'Type the id.'].join('\n'))
}

/** Also without the letter in front of it: `a_3f9a…` is found by `3f9a`. */
function beginsWith(id: string, prefix: string): boolean {
  return id.startsWith(prefix) || id.slice(id.indexOf('_') + 1).startsWith(prefix)
}
