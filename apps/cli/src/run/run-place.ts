import os from 'node:os'
import { findHub } from '@signalbox/hub-address/find-hub'
import { redactsProjects } from '@signalbox/hub-address/redaction'
import type { Io } from '../io.ts'
import { projectOf } from './project-of.ts'

export interface RunPlace {
  readonly machineId: string
  readonly projectId: string
}

/** Where a run counts on the hub, unless its options say otherwise. */
export function placeOf(io: Io, { machine, project }: { readonly machine?: string; readonly project?: string }): RunPlace {
  return { machineId: machine ?? machineOf(io), projectId: project ?? (redactsProjects(io.env) ? UNKNOWN_PROJECT : projectOf(io.cwd)) }
}

/** The hub replaces it when another source names the project: only the collector can redact a name as the usage reports have it. */
const UNKNOWN_PROJECT = 'unknown'

function machineOf(io: Io): string {
  try {
    return findHub(io.env).machineId
  } catch {
    // The commands that need the settings report invalid ones.
    return os.hostname()
  }
}
