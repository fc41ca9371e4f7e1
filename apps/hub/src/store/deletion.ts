import type { Call } from '@signalbox/contract/call'
import type { SnapshotBody } from '@signalbox/contract/limit-snapshot'
import { HubError } from '../hub-error.ts'

/** Whose data is meant: that of a machine, of a project, or of an account of plan limits. */
export type DataSelection = { readonly machine: string } | { readonly project: string } | { readonly account: string }

/**
 * The rule that keeps deleted data away: a collector that still has it may send it again, and what is of `before` or earlier is not
 * stored. A rule is as small for a million calls as for one, and holds for those that had not been sent yet.
 */
export interface Deletion {
  readonly kind: 'machine' | 'project' | 'account'
  readonly name: string
  /** The instant of the deletion, in milliseconds. */
  readonly before: number
}

/** The removals of single sessions that are kept: the newest, for a while. Collectors send what they have for far shorter. */
export const REMOVAL_RETENTION_MS = 400 * 86_400_000
export const MAX_REMOVED_SESSIONS = 50_000
/** The deletions of machines, projects and accounts that are kept: the newest. Only admins make one. */
export const MAX_DELETIONS = 10_000

/** When a session was removed, in milliseconds: what is not newer does not bring it back. */
export interface RemovedSession {
  readonly session_id: string
  readonly at: number
}

export function deletionOf(selection: DataSelection, before: number): Deletion {
  if ('machine' in selection) return { kind: 'machine', name: selection.machine, before }
  if ('project' in selection) return { kind: 'project', name: selection.project, before }
  return { kind: 'account', name: selection.account, before }
}

/** The calls of a batch that no deletion covers. */
export function withoutDeleted(deletions: readonly Deletion[], machine: string, calls: readonly Call[]): readonly Call[] {
  const rules = deletions.filter(({ kind, name }) => kind === 'project' || (kind === 'machine' && name === machine))
  if (rules.length === 0) return calls
  return calls.filter(
    ({ cwd, at }) => !rules.some(({ kind, name, before }) => (kind === 'machine' || name === cwd) && Date.parse(at) <= before),
  )
}

/** @throws HubError `gone` for a snapshot that a deletion covers */
export function requireNotDeleted(deletions: readonly Deletion[], { machine_id, account, lastUpdated }: SnapshotBody): void {
  const rule = deletions.find(
    ({ kind, name, before }) =>
      ((kind === 'machine' && name === machine_id) || (kind === 'account' && name === account)) && Date.parse(lastUpdated) <= before,
  )
  if (rule === undefined) return
  throw new HubError('gone', `The data of ${rule.kind} ${rule.name} up to ${new Date(rule.before).toISOString()} was deleted`, {
    suggestion: 'Do not send it again; what is newer is accepted.',
    details: { [rule.kind]: rule.name, before: new Date(rule.before).toISOString() },
  })
}
