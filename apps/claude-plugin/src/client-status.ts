import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

/** What a client says about itself in its process file. */
export interface ClientStatus {
  /** `waiting` while the terminal asks; undefined in versions that do not say it. */
  readonly status: string | undefined
  /** Since when, in milliseconds by the machine's clock. */
  readonly since: number | undefined
}

export class ClientStatusFile {
  readonly #files: readonly string[]

  constructor(env: NodeJS.ProcessEnv, pid: number) {
    const home = env.HOME || os.homedir()
    const folders = env.CLAUDE_CONFIG_DIR ? [env.CLAUDE_CONFIG_DIR] : [path.join(home, '.claude'), path.join(home, '.config', 'claude')]
    this.#files = folders.map((folder) => path.join(folder, 'sessions', `${pid}.json`))
  }

  /** @returns undefined where there is no such file, or it is being written */
  read(): ClientStatus | undefined {
    for (const file of this.#files) {
      try {
        const { status, statusUpdatedAt, updatedAt } = JSON.parse(fs.readFileSync(file, 'utf8')) as Record<string, unknown>
        const since = typeof statusUpdatedAt === 'number' ? statusUpdatedAt : updatedAt
        return { status: typeof status === 'string' ? status : undefined, since: typeof since === 'number' ? since : undefined }
      } catch {
        // The next folder, or the next look.
      }
    }
    return undefined
  }
}
