import { HubError } from '../hub-error.ts'
import type { LimitStore } from '../store/limits.ts'
import { mergeHeads, type PlanLimits, type VersionPosition } from './current.ts'
import type { Plan } from './plan.ts'
import type { SnapshotVersion } from './snapshot-version.ts'

/** @param heads the newest version of each machine and source; at least one */
export async function readLatest(
  store: LimitStore,
  { names, total }: Plan,
  heads: readonly SnapshotVersion[],
): Promise<{ base: VersionPosition } & Pick<PlanLimits, 'limits' | 'hasSessionLimit'>> {
  const { base, ...merged } = mergeHeads(heads)
  return { ...merged, base: { version: base, current: await store.versionOf(names, base), total } }
}

/** @param version 1 is the oldest, -1 the newest @throws HubError `validation_error` when there is none */
export async function versionAt(store: LimitStore, { names, total }: Plan, version: number): Promise<VersionPosition> {
  const current = version < 0 ? total + version + 1 : version
  const found = current < 1 || current > total ? undefined : await store.version(names, current)
  if (found === undefined) {
    throw new HubError('validation_error', `version must be 1 to ${total}, or -1 to -${total}; it is ${version}`, {
      apiCode: 'VALIDATION_OUT_OF_RANGE',
      suggestion: '1 is the oldest stored version, -1 the newest.',
      details: { field: 'version', validRange: { min: 1, max: total }, versionsAvailable: total },
    })
  }
  return { version: found, current, total }
}

export async function versionNear(store: LimitStore, { names, total }: Plan, at: number): Promise<VersionPosition> {
  const version = await store.nearest(names, at)
  if (version === undefined)
    throw new HubError('not_found', 'This version has just been removed', { suggestion: 'Send the request again.' })
  return { version, current: await store.versionOf(names, version), total }
}
