import type { LimitAccount } from '../store/limit-version.ts'
import type { SnapshotVersion } from './snapshot-version.ts'

/** An account without a snapshot for so long, counted from the newest of all, is a former one. In milliseconds. */
const UNUSED_AFTER_MS = 7 * 86_400_000
/**
 * A machine whose snapshots are of another account for so long has changed its account; until then both may be in use there,
 * in two folders of Claude Code. In milliseconds.
 */
const REPLACED_AFTER_MS = 5 * 3_600_000

/**
 * The accounts that are in use, the one that the hub saw first first. Of several, at least one is.
 * @param heads the newest version of each account, machine and source
 */
export function accountsInUse(
  accounts: readonly LimitAccount[],
  heads: readonly Pick<SnapshotVersion, 'account' | 'at' | 'body'>[],
): LimitAccount[] {
  const newest = Math.max(...heads.map(({ at }) => at))
  const newestOf = new Map<string | undefined, number>()
  for (const { at, body } of heads) newestOf.set(body.machine_id, Math.max(at, newestOf.get(body.machine_id) ?? at))
  const isInUse = ({ account }: LimitAccount) =>
    heads.some(
      (head) =>
        head.account === account &&
        newest - head.at <= UNUSED_AFTER_MS &&
        (head.body.machine_id === undefined || newestOf.get(head.body.machine_id)! - head.at <= REPLACED_AFTER_MS),
    )
  return accounts.filter(isInUse).sort((a, b) => (a.firstAt ?? 0) - (b.firstAt ?? 0) || (a.account < b.account ? -1 : 1))
}
