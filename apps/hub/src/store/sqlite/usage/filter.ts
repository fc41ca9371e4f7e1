import { NOT_ITEMISED } from '@signalbox/usage/call'
import type { FolderTest } from '@signalbox/usage/project-map'
import type { NameFilter, UsageFilter } from '../../usage.ts'
import type { Names } from '../name.ts'
import { marks } from './sums.ts'

interface Sql {
  /** Empty, or begins with AND. */
  readonly sql: string
  readonly values: readonly (number | string)[]
}

/** Longer lists are one value; SQLite has a limit of values. */
const MAX_LIST = 100

/** The names of a filter as numbers; an empty name has two, because an absent text and an empty one differ. */
export interface Filter {
  readonly machine: readonly number[] | undefined
  readonly project: readonly number[] | undefined
  readonly branch: readonly number[] | undefined
  readonly session: readonly number[] | undefined
  /** A condition on the table `place`. */
  readonly places: Sql
  /** A condition on any roll-up. */
  readonly kinds: Sql
}

/** @returns undefined when no call can match, because a name is unknown */
export function filterOf(names: Names, filter: UsageFilter): Filter | undefined {
  const numbers = (name: NameFilter): readonly number[] | undefined =>
    name === undefined
      ? undefined
      : [name].flat().flatMap((text) => {
          const found = names.find(text)
          return [...(text === '' ? [0] : []), ...(found === undefined ? [] : [found])]
        })
  const [machine, project, branch] = [numbers(filter.machine), numbers(filter.project), numbers(filter.branch)]
  const [session, model, agent] = [numbers(filter.session), numbers(filter.model), numbers(filter.agent)]
  const source = filter.notItemised === 'only' ? numbers(NOT_ITEMISED) : undefined
  if ([machine, project, branch, session, model, agent, source].some((all) => all?.length === 0)) return undefined
  const without = filter.notItemised === 'without' ? numbers(NOT_ITEMISED) : undefined
  const found = filter.folders === undefined ? undefined : findFolders(names, filter.folders, project)
  if (found?.places.length === 0) return undefined
  const kinds = join([oneOf('model', model), oneOf('agent', agent), oneOf('source', source), noneOf('source', without)])
  return {
    machine,
    project: found?.projects ?? project,
    branch,
    session,
    places: join([oneOf('machine', machine), oneOf('project', project), oneOf('branch', branch), oneOf('place_id', found?.places)]),
    kinds: kinds.sql === '' ? kinds : { ...kinds, sql: ` AND kind IN (SELECT kind_id FROM kind WHERE 1${kinds.sql})` },
  }
}

/** The places in these folders, and the folders; there are few of either. @param project only these */
function findFolders(names: Names, folders: FolderTest, project: readonly number[] | undefined): { places: number[]; projects: number[] } {
  const found = names.places().filter(([, machine, folder]) => folders(names.textOf(machine) ?? '', names.textOf(folder) ?? ''))
  const meant = project === undefined ? found : found.filter(([, , folder]) => project.includes(folder))
  return { places: meant.map(([place]) => place), projects: [...new Set(meant.map(([, , folder]) => folder))] }
}

/** A filter as the rest of a WHERE clause on slices. */
export function ofSlices({ places, kinds, session }: Filter): Sql {
  const sessions = oneOf('session', session)
  return {
    sql: `${places.sql === '' ? '' : ` AND place IN (${placesOf(places)})`}${kinds.sql}${sessions.sql}`,
    values: [...places.values, ...kinds.values, ...sessions.values],
  }
}

function placesOf({ sql }: Sql): string {
  return `SELECT place_id FROM place WHERE 1${sql}`
}

function join(parts: readonly Sql[]): Sql {
  return { sql: parts.map(({ sql }) => sql).join(''), values: parts.flatMap(({ values }) => values) }
}

/** No condition when `numbers` is undefined. */
export function oneOf(column: string, numbers: readonly number[] | undefined): Sql {
  if (numbers === undefined) return { sql: '', values: [] }
  if (numbers.length > MAX_LIST) return { sql: ` AND ${column} IN (SELECT value FROM json_each(?))`, values: [JSON.stringify(numbers)] }
  return { sql: ` AND ${column} IN (${marks(numbers.length)})`, values: numbers }
}

function noneOf(column: string, numbers: readonly number[] = []): Sql {
  return numbers.length === 0 ? { sql: '', values: [] } : { sql: ` AND ${column} NOT IN (${marks(numbers.length)})`, values: numbers }
}
