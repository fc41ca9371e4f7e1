import { ApiClientError, StateTrackingApiClient } from '@signalbox/client'
import { findHub } from '@signalbox/hub-address/find-hub'
import type { Io } from '../io.ts'
import type { Send } from './delivery.ts'

/** Milliseconds for one request. */
const TIMEOUT_MS = 10_000
/** The hub would answer the same again. */
const FINAL_STATUSES: readonly (number | undefined)[] = [400, 413, 422]

/** Sends to the hub that is there at the moment: it may be started, and a key made, while a run goes on. */
export function sendTo(io: Io, onRejected: (reason: string) => void): Send {
  return async (machineId, observations, signal) => {
    const { url, key } = findHub(io.env, { purpose: 'collector' })
    const client = new StateTrackingApiClient({ baseUrl: url, apiKey: key, timeout: TIMEOUT_MS, retry: false })
    try {
      const { rejected } = await client.observeSessions(machineId, observations, { signal })
      if (rejected[0] !== undefined) onRejected(rejected[0].reason)
    } catch (error) {
      if (error instanceof ApiClientError && FINAL_STATUSES.includes(error.status)) return onRejected(error.message)
      throw error
    }
  }
}
