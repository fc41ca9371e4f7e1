import fs from 'node:fs'
import path from 'node:path'
import type { Observation } from './session-recorder.ts'

/** What one run could not send. */
export interface SpooledRun {
  readonly machine_id: string
  readonly observations: readonly Observation[]
}

/** So many runs are kept; the oldest are dropped. */
const MAX_FILES = 500
const SUFFIX = '.json'

/** `run-spool` in DATA_DIR: a file for each run that has not been sent completely. */
export class RunSpool {
  readonly #folder: string

  constructor(dataDir: string) {
    this.#folder = path.join(dataDir, 'run-spool')
  }

  /** The files, oldest first. */
  list(): string[] {
    try {
      return fs
        .readdirSync(this.#folder)
        .filter((name) => name.endsWith(SUFFIX))
        .sort()
        .map((name) => path.join(this.#folder, name))
    } catch {
      return []
    }
  }

  /** @returns undefined for a file that is gone, or is none of ours; one that is not JSON is removed */
  read(file: string): SpooledRun | undefined {
    try {
      const content = JSON.parse(fs.readFileSync(file, 'utf8')) as SpooledRun
      if (typeof content?.machine_id === 'string' && Array.isArray(content.observations)) return content
    } catch (error) {
      if (!(error instanceof SyntaxError)) return undefined
    }
    this.remove(file)
    return undefined
  }

  /**
   * Writes the file of a run, whole or not at all; it names the sessions, so others may not read it.
   * @returns its path
   * @throws the error of the file system
   */
  write(startedAt: number, runId: string, run: SpooledRun): string {
    fs.mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    // The time first: names sort by age.
    const file = path.join(this.#folder, `${String(startedAt).padStart(15, '0')}-${runId}${SUFFIX}`)
    const draft = `${file}.tmp`
    try {
      fs.writeFileSync(draft, JSON.stringify(run), { mode: 0o600 })
      fs.renameSync(draft, file)
    } catch (error) {
      fs.rmSync(draft, { force: true })
      throw error
    }
    for (const old of this.list().slice(0, -MAX_FILES)) this.remove(old)
    return file
  }

  remove(file: string): void {
    fs.rmSync(file, { force: true })
  }
}
