import fs from 'node:fs'
import path from 'node:path'
import { processExists } from '@signalbox/hub-address/process-start'
import { type DataFolder, readJson } from './data-folder.ts'

/** Which session a process of Claude Code is in: `/clear` and `/resume` change it while the process goes on. */
export interface ClientSession {
  readonly session_id: string
  readonly project_id: string | undefined
  /** Whether the session has ended properly. */
  readonly ended: boolean
  /** The last event. */
  readonly at: number
}

export const clientFile = ({ clients }: DataFolder, pid: number) => path.join(clients, `${pid}.json`)

export function readClientSession(folder: DataFolder, pid: number): ClientSession | undefined {
  const content = readJson(clientFile(folder, pid))
  if (typeof content?.session_id !== 'string' || typeof content.at !== 'number') return undefined
  return {
    session_id: content.session_id,
    project_id: typeof content.project_id === 'string' ? content.project_id : undefined,
    ended: content.ended === true,
    at: content.at,
  }
}

/**
 * Whether another process that lives is in the session.
 * @param newer what is not in the files yet
 */
export function livesElsewhere(folder: DataFolder, session: string, pid: number, newer: ReadonlyMap<number, ClientSession>): boolean {
  const inFiles = fs.readdirSync(folder.clients).flatMap((name) => Number(/^(\d+)\.json$/.exec(name)?.[1] ?? []))
  return [...new Set([...newer.keys(), ...inFiles])].some((other) => {
    if (other === pid || !processExists(other)) return false
    const known = newer.get(other) ?? readClientSession(folder, other)
    return known?.session_id === session && !known.ended
  })
}
