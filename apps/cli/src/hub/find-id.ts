import { Failure, misuse } from '../failure.ts'
import { counted, grouped } from '../number.ts'
import { printable } from '../printable.ts'
import { type AskPage, listed } from './pages.ts'

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const SHORTEST = 4
/** So long a beginning is taken for the only one where the rows looked at have no other. */
const SURE = 8
/** Rows looked at first: nearly always somebody asks for one of the newest. */
const NEWEST = 200
/** Rows looked at at most; at 100 a request, half of what a key may ask in a minute. */
const MOST_SEARCHED = 5_000
const MOST_SHOWN = 10

export interface Search<Row> {
  readonly noun: 'session' | 'task'
  /** A page of all there are, newest first. */
  readonly ask: AskPage<Row>
  readonly idOf: (row: Row) => string
  /** Tells one from the other, beside the id. */
  readonly about: (row: Row) => string
}

/**
 * The whole id of which somebody wrote the beginning.
 * @throws Failure when there is none, or more than one
 */
export async function findId<Row>(begins: string, { noun, ask, idOf, about }: Search<Row>): Promise<string> {
  if (uuid.test(begins)) return begins
  if (!/^[0-9a-f-]{1,35}$/i.test(begins))
    throw misuse(`"${printable(begins)}" is no id of a ${noun}.`, `\`signalbox ${noun}s list\` shows them.`)
  if (begins.length < SHORTEST) throw misuse(`"${begins}" is too short for an id: write its first ${SHORTEST} characters at least.`)
  const sure = begins.length >= SURE
  const look = async (wanted: number) => {
    const { rows, total } = await listed(wanted, ask, idOf)
    return { total, seen: rows.length, found: rows.filter((row) => idOf(row).toLowerCase().startsWith(begins.toLowerCase())) }
  }
  let looked = await look(NEWEST)
  if (!sure && looked.total > MOST_SEARCHED) {
    throw new Failure(`there are ${counted(looked.total, noun)}: write the first ${SURE} characters of the id at least.`)
  }
  if (looked.total > looked.seen && !(sure && looked.found.length > 0)) looked = await look(MOST_SEARCHED)
  const { found, seen, total } = looked
  const [only] = found
  if (only === undefined) {
    const where = total > seen ? ` among the newest ${grouped(seen)}` : ''
    throw new Failure(`no ${noun} begins with ${begins}${where}.`, `\`signalbox ${noun}s list --all\` shows them.`)
  }
  if (found.length === 1) return idOf(only)
  const shown = found.slice(0, MOST_SHOWN).map((row) => `${printable(idOf(row))}  ${printable(about(row))}`)
  const more = found.length > MOST_SHOWN ? [`… and ${found.length - MOST_SHOWN} more`] : []
  throw new Failure([`${counted(found.length, noun)} begin with ${begins}:`, ...shown, ...more, 'Write more of the id.'].join('\n'))
}
