import type { SnapshotBody } from '@signalbox/contract/limit-snapshot'
import type { SnapshotVersion } from '../../../limits/snapshot-version.ts'
import { snapshotId } from '../../../limits/version-file.ts'
import type { StoredSnapshot } from '../../limit-snapshot.ts'
import type { Collectors } from './collector.ts'
import { documentOf, type SnapshotCollection, snapshotVersion } from './snapshot.ts'
import { numberOf } from './version.ts'

/** Stores a snapshot with all that is derived from it, unless it is stored already; idempotent after a crash at any step. */
export async function putSnapshot(
  rows: SnapshotCollection,
  collectors: Collectors,
  body: SnapshotBody,
  now: number,
): Promise<StoredSnapshot> {
  const { collection, snapshots } = rows
  const { machine_id: machine, account: named, collector: health } = body
  const at = Date.parse(body.lastUpdated)
  const latest =
    machine === undefined ? undefined : await collectors.record({ machine, account: named, health, at: Math.min(at, now) }, now)
  const version: SnapshotVersion = { id: snapshotId(body), account: named ?? latest ?? '', at, receivedAt: now, body }
  const { _id, revision: _, ...fields } = documentOf(version)
  const known = (await snapshots.findOne({ _id })) ?? undefined
  if (known === undefined) {
    const data = {
      ...(version.account === '' ? {} : { account: version.account }),
      ...(machine === undefined ? {} : { machine_id: machine }),
      lastUpdated: new Date(at).toISOString(),
      version: (await numberOf(snapshots, version)) + 1,
    }
    const added = await collection.create(_id, { fields, events: [{ event: 'limits.snapshot', data }], at: now })
    if (added !== undefined) {
      await rows.finish([added])
      await collection.publish(added)
      return { version, fresh: true, number: await numberOf(snapshots, version) }
    }
  }
  const stored = known ?? (await snapshots.findOne({ _id }))
  // Removed by retention in between.
  if (stored === null) return { version, fresh: false, number: 1 }
  // The hub that inserted it may have crashed before it finished it.
  if (stored.unfinished) await rows.finish([stored])
  await collection.publish(stored)
  const storedVersion = snapshotVersion(stored)
  return { version: storedVersion, fresh: false, number: await numberOf(snapshots, storedVersion) }
}
