import type { ClaudeSession } from '@signalbox/contract/claude-session'
import type { MachineCollector } from '@signalbox/contract/collector-heartbeat'
import type { ListedMachine } from './machine-list.ts'
import type { BoardSession } from './session-board.ts'

/** The time of everything in these fixtures. */
export const at = '2026-11-09T12:00:00.000Z'

/** An active session of the project `engine` on the machine `atlas`. */
export function createBoardSession(id: string, fields: Partial<BoardSession> = {}): BoardSession {
  return {
    session_id: id,
    project_id: 'engine',
    machine_id: 'atlas',
    attempt: 1,
    status: 'active',
    last_heartbeat: at,
    started_at: at,
    created_at: at,
    updated_at: at,
    revision: 5,
    ...fields,
  }
}

/** What is known about a session of Claude Code that a collector sees. */
export function createClaude(fields: Partial<ClaudeSession> = {}): ClaudeSession {
  return { subagents_running: 0, subagents: [], tasks: [], sources: ['process-file', 'transcript'], ...fields }
}

/** An online machine with two slots. */
export function createListedMachine(id: string, fields: Partial<ListedMachine> = {}): ListedMachine {
  return {
    machine_id: id,
    hostname: id,
    docker_slots: [1, 2],
    status: 'online',
    last_heartbeat: at,
    created_at: at,
    updated_at: at,
    revision: 1,
    ...fields,
  }
}

/** A collector that is in contact and up to date. */
export function createCollector(fields: Partial<MachineCollector> = {}): MachineCollector {
  return { version: '0.1.0', started_at: at, state: 'idle', last_contact: at, connected: true, behind: false, ...fields }
}
