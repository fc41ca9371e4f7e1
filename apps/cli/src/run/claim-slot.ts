import { Failure } from '../failure.ts'
import type { Io } from '../io.ts'
import type { PlannedRun } from './claude-arguments.ts'
import { claimSession, releaseSession } from './hub-session.ts'
import type { RunOptions } from './run-options.ts'
import { placeOf } from './run-place.ts'

export interface SlotClaim {
  /** For a program that could not be started. */
  release(): Promise<void>
}

/**
 * Claims the slot for the session before it starts.
 * @returns undefined where the hub could not be asked
 * @throws Failure when another session holds the slot
 */
export async function claimSlot(
  io: Io,
  plan: PlannedRun,
  options: RunOptions,
  say: (line: string) => void,
): Promise<SlotClaim | undefined> {
  const { sessionId } = plan
  const { slot } = options
  if (sessionId === undefined || slot === undefined) return undefined
  const { machineId, projectId } = placeOf(io, options)
  if (!(await claimSession(io, { session_id: sessionId, project_id: projectId, machine_id: machineId, docker_slot: slot }))) {
    say(`the hub cannot be reached; slot ${slot} is not claimed.`)
    return undefined
  }
  return {
    release: async () => {
      try {
        await releaseSession(io, sessionId)
      } catch (error) {
        if (!(error instanceof Failure)) throw error
        say(error.message)
      }
    },
  }
}
