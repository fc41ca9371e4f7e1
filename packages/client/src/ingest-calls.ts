import type { Call } from '@signalbox/contract/call'
import type { CollectorPoll, CollectorWork } from '@signalbox/contract/collector-poll'
import type { SnapshotBody, SnapshotStored } from '@signalbox/contract/limit-snapshot'
import type { IngestFoldersResult, ProjectFolder } from '@signalbox/contract/project-folder'
import type { IngestResult } from '@signalbox/contract/usage'
import type { CallOptions } from './call-options.ts'
import { ViewCalls } from './view-calls.ts'

/** The hub's longest wait in a long poll. */
const MAX_WAIT_MS = 20_000
/** Time for the response of a long poll to arrive, beyond the wait. */
const RESPONSE_GRACE_MS = 10_000

export interface CreateLimitSnapshotOptions extends CallOptions {
  /** False: a single attempt, for callers with their own retries. */
  readonly retry?: boolean
  /** Milliseconds for one attempt. */
  readonly timeout?: number
}

/** The routes by which collectors send what they read, which the page does not use. */
export class IngestCalls extends ViewCalls {
  /** Sends up to 5,000 calls; idempotent. Scope `ingest`. */
  ingestCalls(machineId: string, calls: readonly Call[], { signal }: CallOptions = {}): Promise<IngestResult> {
    return this.http.send({ method: 'POST', path: '/api/usage/calls', body: { machine_id: machineId, calls }, gzip: true, signal })
  }

  /** Says which projects up to 1,000 folders of a machine belong to; idempotent. Scope `ingest`. */
  ingestFolders(machineId: string, folders: readonly ProjectFolder[], { signal }: CallOptions = {}): Promise<IngestFoldersResult> {
    return this.http.send({ method: 'POST', path: '/api/usage/folders', body: { machine_id: machineId, folders }, gzip: true, signal })
  }

  /** Stores a snapshot; its `idempotencyKey` makes repeated requests idempotent. Scope `ingest`. */
  createLimitSnapshot(snapshot: SnapshotBody, { signal, retry, timeout }: CreateLimitSnapshotOptions = {}): Promise<SnapshotStored> {
    return this.http.send({
      method: 'POST',
      path: this.limitsPath,
      body: snapshot,
      // With an idempotency key in its body the request needs no second one.
      idempotent: snapshot.idempotencyKey === undefined,
      signal,
      ...(retry === undefined ? {} : { retry }),
      ...(timeout === undefined ? {} : { timeout }),
    })
  }

  /** For collectors: reports the health of this one, and waits up to `waitMs` for work (a long poll). A single attempt. Scope `ingest`. */
  waitForLimitWork(call: CollectorPoll, { signal }: CallOptions = {}): Promise<CollectorWork> {
    const timeout = (call.waitMs ?? MAX_WAIT_MS) + RESPONSE_GRACE_MS
    return this.http.send({ method: 'POST', path: `${this.limitsPath}/collector`, body: call, retry: false, timeout, signal })
  }
}
