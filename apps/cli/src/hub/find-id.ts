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
  /** Where the hub can look for a beginning. @returns a page of what begins so, newest first */
  readonly askBeginning?: (begins: string) => AskPage<Row>
  /** Where it cannot: a page of all there are, newest first. */
  readonly ask: AskPage<Row>
  readonly idOf: (row: Row) => string
  /** Tells one from the other, beside the id. */
  readonly about: (row: Row) => string
}

/** What was found, newest first. */
interface Looked<Row> {
  readonly found: readonly Row[]
  /** Also of those that are not in it. */
  readonly count: number
  /** Where it was looked for, when that is not everywhere. */
  readonly where: string
}

/**
 * The whole id of which somebody wrote the beginning.
 * @throws Failure when there is none, or more than one
 */
export async function findId<Row>(begins: string, search: Search<Row>): Promise<string> {
  const { noun, askBeginning, idOf, about } = search
  if (uuid.test(begins)) return begins
  if (!/^[0-9a-f-]{1,35}$/i.test(begins))
    throw misuse(`"${printable(begins)}" is no id of a ${noun}.`, `\`signalbox ${noun}s list\` shows them.`)
  if (begins.length < SHORTEST) throw misuse(`"${begins}" is too short for an id: write its first ${SHORTEST} characters at least.`)
  const { found, count, where } = askBeginning === undefined ? await lookThrough(begins, search) : await lookUp(askBeginning(begins), idOf)
  const [only] = found
  if (only === undefined) throw new Failure(`no ${noun} begins with ${begins}${where}.`, `\`signalbox ${noun}s list --all\` shows them.`)
  if (count === 1) return idOf(only)
  const shown = found.slice(0, MOST_SHOWN).map((row) => `${printable(idOf(row))}  ${printable(about(row))}`)
  const more = count > shown.length ? [`… and ${count - shown.length} more`] : []
  throw new Failure([`${counted(count, noun)} begin with ${begins}:`, ...shown, ...more, 'Write more of the id.'].join('\n'))
}

async function lookUp<Row>(ask: AskPage<Row>, idOf: (row: Row) => string): Promise<Looked<Row>> {
  const { rows, total } = await listed(MOST_SHOWN, ask, idOf)
  return { found: rows, count: total, where: '' }
}

async function lookThrough<Row>(begins: string, { noun, ask, idOf }: Search<Row>): Promise<Looked<Row>> {
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
  return { found, count: found.length, where: total > seen ? ` among the newest ${grouped(seen)}` : '' }
}
