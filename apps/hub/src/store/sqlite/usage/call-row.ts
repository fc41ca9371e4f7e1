import type { Call } from '@signalbox/contract/call'
import { type CallField, callFields, callFieldsOf } from '@signalbox/contract/call-field'
import type { Names } from '../name.ts'
import { kindFields } from './kind.ts'

/*
 * The table `call`. Its columns come from the table of a call's fields: names that many calls share are numbers of `name`, those that
 * slices are cut by are in `place` and `kind`, instants are milliseconds, and yes and no are 1 and 0.
 */

/** Names with a column of their own: no slice depends on them. */
const nameFields = callFieldsOf('name').filter((field) => (callFields[field] as CallField).slice === undefined)
const plainFields = callFieldsOf('id', 'flag', 'tokens', 'count', 'mark')
const instantFields = callFieldsOf('start').filter((field) => field !== 'at')
const booleans = new Set<string>(callFieldsOf('flag', 'mark'))

/** The columns of a call, in the order of its values. */
export const callColumns = ['at', 'session', 'place', 'kind', ...nameFields, ...plainFields, ...instantFields] as const

/** The values of a call in the order of `callColumns`. */
export type CallValues = [at: number, session: number, place: number, kind: number, ...(number | string | null)[]]
/** A row of the table `call`, selected as `call_id` and its columns. */
export type CallRow = [call_id: number, ...CallValues]

export const [AT, SESSION, PLACE, KIND] = [0, 1, 2, 3] as const
const FIRST_NAME = KIND + 1
const FIRST_PLAIN = FIRST_NAME + nameFields.length
const FIRST_INSTANT = FIRST_PLAIN + plainFields.length

/** The tokens of the prompt as `promptTokens` counts them, in SQL. */
export const promptSql = 'coalesce(prompt, input + write_5m + write_1h + read)'

/** Converts calls of one machine to rows. */
export class CallWriter {
  readonly #names: Names
  readonly #machine: number
  // Most calls of a batch have the same place and the same kind as the one before.
  #place = 0
  #placeMachine = -1
  #project: string | undefined
  #branch: string | undefined
  #kind = 0
  #kindTexts: (string | undefined)[] = []

  constructor(names: Names, machine: string) {
    this.#names = names
    this.#machine = names.idOf(machine)
  }

  /** @param machine the number of another machine that has reported the call first */
  valuesOf(call: Call, machine = this.#machine): CallValues {
    const names = this.#names
    const place = this.#placeOf(machine, call.cwd, call.git_branch)
    const values: CallValues = [Date.parse(call.at), names.idOf(call.session_id), place, this.#kindOf(call)]
    for (const field of nameFields) values.push(names.idOf(call[field]))
    for (const field of plainFields) {
      const value = call[field]
      values.push(value === undefined ? null : typeof value === 'boolean' ? (value ? 1 : 0) : value)
    }
    for (const field of instantFields) {
      const value = call[field]
      values.push(value === undefined ? null : Date.parse(value))
    }
    return values
  }

  #placeOf(machine: number, project: string | undefined, branch: string | undefined): number {
    if (machine !== this.#placeMachine || project !== this.#project || branch !== this.#branch) {
      this.#place = this.#names.placeOf(machine, this.#names.idOf(project), this.#names.idOf(branch))
      this.#placeMachine = machine
      this.#project = project
      this.#branch = branch
    }
    return this.#place
  }

  #kindOf(call: Call): number {
    const texts = this.#kindTexts
    let isSame = texts.length > 0
    for (let n = 0; isSame && n < kindFields.length; n++) isSame = texts[n] === call[kindFields[n]!]
    if (!isSame) {
      this.#kindTexts = kindFields.map((field) => call[field])
      this.#kind = this.#names.kindOf(this.#kindTexts.map((text) => this.#names.idOf(text)))
    }
    return this.#kind
  }
}

/** Converts a row to a call. */
export function callOf(names: Names, key: string, values: CallValues): Call {
  const call: Record<string, unknown> = { key, at: new Date(values[AT]).toISOString() }
  const addName = (field: string, name: number) => {
    if (name !== 0) call[field] = names.textOf(name)
  }
  const [, project, branch] = names.place(values[PLACE])
  addName('session_id', values[SESSION])
  addName('cwd', project)
  addName('git_branch', branch)
  const kind = names.kind(values[KIND])
  for (const [n, field] of kindFields.entries()) addName(field, kind[n]!)
  for (const [n, field] of nameFields.entries()) addName(field, values[FIRST_NAME + n] as number)
  for (const [n, field] of plainFields.entries()) {
    const value = values[FIRST_PLAIN + n]
    if (value !== null) call[field] = booleans.has(field) ? value === 1 : value
  }
  for (const [n, field] of instantFields.entries()) {
    const value = values[FIRST_INSTANT + n]
    if (value !== null) call[field] = new Date(value as number).toISOString()
  }
  return call as Call
}
