import os from 'node:os'
import path from 'node:path'
import { printable } from '@signalbox/contract/printable'
import type { UsageFilterMeaning, UsageFilters } from '@signalbox/contract/usage-filter'
import type { KnownName, Ledger, ReportFilters } from '@signalbox/ledger'
import { type FoundNames, findNames, MIN_ID_LENGTH, shownName } from '@signalbox/usage/find-names'
import { findFolders } from '@signalbox/usage/find-projects'
import { Failure } from '../failure.ts'
import { formatPath } from '../format-path.ts'
import type { Io } from '../io.ts'
import { shortIds } from '../short-id.ts'

/** The filters as they were written. */
export type FilterOptions = Readonly<Partial<Record<Field, string | undefined>>>
type Field = KnownName | 'project'

export interface FoundFilters {
  readonly filters: ReportFilters
  /** What those stand for that are not written as calls have the name. */
  readonly meanings: UsageFilters
  /** A filter that means no name or could mean several: it names the nearest ones, and the filters select nothing. */
  readonly problem: Failure | undefined
}

/** The names of the filters in a report. */
const fields = {
  project: 'project',
  folder: 'folder',
  model: 'model',
  session: 'session_id',
  branch: 'branch',
  agent: 'agent',
} as const satisfies Record<Field, string>

/** Finds the names that filters mean, among those that calls have. @throws LedgerError */
export async function findFilters({ cwd }: Pick<Io, 'cwd'>, ledger: Ledger, options: FilterOptions): Promise<FoundFilters> {
  const filters: Record<string, readonly string[]> = {}
  const meanings: UsageFilters = {}
  let problem: Failure | undefined
  for (const field of Object.keys(fields) as Field[]) {
    const written = options[field]
    if (written === undefined) continue
    const asked = (field === 'project' || field === 'folder') && /^\.{1,2}($|[/\\])/.test(written) ? path.resolve(cwd, written) : written
    const known = ledger.knownNames(field === 'project' ? 'folder' : field)
    const how = { byPerson: true, home: os.homedir(), path: path.resolve(cwd, asked) }
    const found =
      field === 'project'
        ? await ledger.findProjects(asked, how)
        : field === 'folder'
          ? findFolders(asked, known, how)
          : findNames(field, asked, known, how)
    filters[field] = found.names
    if (found.kind !== 'exact') meanings[fields[field]] = toMeaning(field, written, found)
    // Without any call there is nothing to find, and the report says so.
    if (found.names.length === 0 && known.length > 0) problem ??= notFound(field, asked, found)
  }
  return { filters, meanings, problem }
}

function toMeaning(field: Field, asked: string, { names, nearest }: FoundNames): UsageFilterMeaning {
  return { asked, names: names.map((name) => shownName(field, name)), ...(nearest.length === 0 ? {} : { nearest: [...nearest] }) }
}

function notFound(field: Field, asked: string, { kind, nearest }: FoundNames): Failure {
  if (field === 'session' && asked !== '' && asked.length < MIN_ID_LENGTH) {
    return new Failure(`"${printable(asked)}" is too short for the id of a session.`, 'Write at least four characters of it.')
  }
  const short = shortIds(nearest)
  const names = nearest.map((name) =>
    printable(field === 'project' || field === 'folder' ? formatPath(name) : field === 'session' ? short(name) : name),
  )
  const list = names.join(', ')
  if (kind === 'ambiguous') {
    return new Failure(`several ${pluralOf(field)} match "${printable(asked)}": ${list}.`, 'Write more of the name.')
  }
  const none = asked === '' ? `no calls are without a ${field}` : `no calls have the ${field} "${printable(asked)}"`
  const near = names.length === 0 ? '.' : names.length === 1 ? `. The nearest name is ${list}.` : `. The nearest names are ${list}.`
  return new Failure(`${none}${near}`, `\`signalbox usage ${field}\` lists all.`)
}

function pluralOf(field: Field): string {
  return field === 'branch' ? 'branches' : `${field}s`
}
