import fs from 'node:fs'
import path from 'node:path'

/** What Claude Code writes about one of its processes to `sessions/<pid>.json`, as far as a version has it. */
export interface ProcessFile {
  readonly pid: number
  readonly sessionId: string
  readonly cwd: string
  readonly startedAt: number
  readonly procStart?: string
  readonly version?: string
  readonly kind?: string
  readonly entrypoint?: string
  readonly name?: string
  readonly status?: 'busy' | 'idle' | 'waiting' | 'shell' | (string & {})
  readonly waitingFor?: string
  readonly statusUpdatedAt?: number
  readonly updatedAt?: number
}

/** Reads all process files of a configuration folder; one that is being written is read by the next call. */
export function readProcessFiles(config: string): ProcessFile[] {
  const folder = path.join(config, 'sessions')
  let names: string[]
  try {
    names = fs.readdirSync(folder)
  } catch {
    return []
  }
  return names.flatMap((name) => {
    if (!/^\d+\.json$/.test(name)) return []
    try {
      return [JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8')) as ProcessFile]
    } catch {
      return []
    }
  })
}
