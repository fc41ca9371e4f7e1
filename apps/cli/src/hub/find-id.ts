import type { FetchPage } from '@signalbox/client'
import { formatInteger } from '@signalbox/contract/number-text'
import { printable } from '@signalbox/contract/printable'
import { Failure, usageError } from '../failure.ts'
import { formatCount } from '../format-number.ts'
import { fetchRows } from './fetch-rows.ts'

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const MIN_PREFIX_LENGTH = 4
/** A prefix of this length counts as unique when only one of the rows read so far has it. */
const UNIQUE_PREFIX_LENGTH = 8
/** Rows read first: most requests are about the newest rows. */
const FIRST_SEARCH_ROWS = 200
/** At 100 rows a request, half of the requests that a key has per minute. */
const MAX_SEARCH_ROWS = 5_000
const MAX_CANDIDATES = 10

export interface Search<Row> {
  readonly noun: 'session' | 'task'
  /** Fetches rows by prefix, newest first, where the hub can search by prefix. */
  readonly fetchByPrefix?: (idPrefix: string) => FetchPage<Row>
  /** Fetches all rows, newest first, where it cannot. */
  readonly ask: FetchPage<Row>
  readonly idOf: (row: Row) => string
  /** Describes a row, beside its id. */
  readonly about: (row: Row) => string
}

/** The rows found, newest first. */
interface SearchResult<Row> {
  readonly found: readonly Row[]
  /** Including matches that are not in `found`. */
  readonly count: number
  /** The part that was searched, when it is not everything. */
  readonly where: string
}

/**
 * The full id that starts with a prefix.
 * @throws Failure when no id does, or more than one
 */
export async function findId<Row>(idPrefix: string, search: Search<Row>): Promise<string> {
  const { noun, fetchByPrefix, idOf, about } = search
  if (uuid.test(idPrefix)) return idPrefix
  if (!/^[0-9a-f-]{1,35}$/i.test(idPrefix))
    throw usageError(`"${printable(idPrefix)}" is not a ${noun} id.`, `\`signalbox ${noun}s list\` shows them.`)
  if (idPrefix.length < MIN_PREFIX_LENGTH)
    throw usageError(`"${idPrefix}" is too short: an id needs at least ${MIN_PREFIX_LENGTH} characters.`)
  const { found, count, where } =
    fetchByPrefix === undefined ? await searchRows(idPrefix, search) : await searchByPrefix(fetchByPrefix(idPrefix))
  const [only] = found
  if (only === undefined)
    throw new Failure(`no ${noun} id starts with ${idPrefix}${where}.`, `\`signalbox ${noun}s list --all\` shows them.`)
  if (count === 1) return idOf(only)
  const candidates = found.slice(0, MAX_CANDIDATES).map((row) => `${printable(idOf(row))}  ${printable(about(row))}`)
  const more = count > candidates.length ? [`… and ${count - candidates.length} more`] : []
  throw new Failure(
    [`${formatCount(count, `${noun} id`)} start with ${idPrefix}:`, ...candidates, ...more, 'Type more of the id.'].join('\n'),
  )
}

async function searchByPrefix<Row>(ask: FetchPage<Row>): Promise<SearchResult<Row>> {
  const { rows, total } = await fetchRows(MAX_CANDIDATES, ask)
  return { found: rows, count: total, where: '' }
}

async function searchRows<Row>(idPrefix: string, { noun, ask, idOf }: Search<Row>): Promise<SearchResult<Row>> {
  const isLong = idPrefix.length >= UNIQUE_PREFIX_LENGTH
  const searchNewest = async (limit: number) => {
    const { rows, total } = await fetchRows(limit, ask)
    return { total, searched: rows.length, found: rows.filter((row) => idOf(row).toLowerCase().startsWith(idPrefix.toLowerCase())) }
  }
  let result = await searchNewest(FIRST_SEARCH_ROWS)
  if (!isLong && result.total > MAX_SEARCH_ROWS) {
    throw new Failure(`there are ${formatCount(result.total, noun)}: type at least the first ${UNIQUE_PREFIX_LENGTH} characters of the id.`)
  }
  if (result.total > result.searched && !(isLong && result.found.length > 0)) result = await searchNewest(MAX_SEARCH_ROWS)
  const { found, searched, total } = result
  return { found, count: found.length, where: total > searched ? ` among the newest ${formatInteger(searched)}` : '' }
}
