import { type CallField, type CallName, callFields, callFieldsOf } from '@signalbox/contract/call-field'
import type { Slice } from '@signalbox/usage/slice'

/** The names of a call that slices are cut by, and that are not its session or its place. */
export type KindField = Extract<Exclude<CallName, 'session_id' | 'cwd' | 'git_branch'>, keyof Slice>

const placed: readonly CallName[] = ['session_id', 'cwd', 'git_branch']

/** The columns of the table `kind`, named like the fields of calls and of slices. */
export const kindFields: readonly KindField[] = callFieldsOf('name').filter(
  (field): field is KindField => !placed.includes(field) && (callFields[field] as CallField).slice !== undefined,
)

/** The number of a field in a row of `kind`. */
export function placeInKind(field: KindField): number {
  return kindFields.indexOf(field)
}
