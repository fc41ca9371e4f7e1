import fs from 'node:fs'
import path from 'node:path'
import { ANSWER_FOLDER, ASK_FOLDER, type BudgetAnswer, type BudgetAsk } from '@signalbox/hub-address/budgets-folder'

/** The system may lose a notice of a new file. In milliseconds. */
const LOOK_MS = 250
/** Files of hooks that ended long ago, in milliseconds. */
const LEFT_AFTER_MS = 900_000
const MAX_BYTES = 64 * 1024

/** The questions of hooks, each in a file, and their answers. */
export class AskFolder {
  readonly #folder: string
  readonly #open = new Set<string>()

  constructor(folder: string) {
    this.#folder = folder
    for (const name of [ASK_FOLDER, ANSWER_FOLDER]) fs.mkdirSync(path.join(folder, name), { recursive: true, mode: 0o700 })
  }

  /** Answers questions until the signal is aborted. @param decide resolves with the answer; an error means that nothing is known */
  run(decide: (ask: BudgetAsk, signal: AbortSignal) => Promise<BudgetAnswer>, signal: AbortSignal): void {
    const look = () => {
      for (const name of this.#names(ASK_FOLDER)) {
        if (this.#open.has(name)) continue
        this.#open.add(name)
        void this.#answer(name, decide, signal).finally(() => this.#open.delete(name))
      }
    }
    const watcher = this.#watch(look)
    const timer = setInterval(look, LOOK_MS)
    timer.unref()
    signal.addEventListener('abort', () => {
      clearInterval(timer)
      watcher?.close()
    })
    look()
  }

  /** Removes what hooks have left that were killed. */
  sweep(now: number): void {
    for (const folder of [ASK_FOLDER, ANSWER_FOLDER]) {
      for (const name of this.#names(folder)) {
        const file = path.join(this.#folder, folder, name)
        const at = fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs
        if (at !== undefined && now - at > LEFT_AFTER_MS) fs.rmSync(file, { force: true })
      }
    }
  }

  async #answer(name: string, decide: (ask: BudgetAsk, signal: AbortSignal) => Promise<BudgetAnswer>, signal: AbortSignal): Promise<void> {
    const file = path.join(this.#folder, ASK_FOLDER, name)
    const gone = new AbortController()
    // A hook removes its question when it stops waiting.
    const timer = setInterval(() => fs.existsSync(file) || gone.abort(), LOOK_MS)
    try {
      const ask = read(file)
      const answer = ask === undefined ? undefined : await decide(ask, AbortSignal.any([signal, gone.signal]))
      if (gone.signal.aborted || !fs.existsSync(file)) return
      const draft = path.join(this.#folder, `${name}.${process.pid}`)
      fs.writeFileSync(draft, JSON.stringify(answer ?? { verdict: 'go' }), { mode: 0o600 })
      fs.renameSync(draft, path.join(this.#folder, ANSWER_FOLDER, name))
    } catch {
      // Without an answer the session goes on.
    } finally {
      clearInterval(timer)
      fs.rmSync(file, { force: true })
    }
  }

  #watch(look: () => void): fs.FSWatcher | undefined {
    try {
      return fs.watch(path.join(this.#folder, ASK_FOLDER), look).on('error', () => {})
    } catch {
      return undefined
    }
  }

  #names(folder: string): string[] {
    try {
      return fs.readdirSync(path.join(this.#folder, folder)).filter((name) => /^[\w-]+$/.test(name))
    } catch {
      return []
    }
  }
}

function read(file: string): BudgetAsk | undefined {
  if ((fs.statSync(file, { throwIfNoEntry: false })?.size ?? MAX_BYTES + 1) > MAX_BYTES) return undefined
  const { session_id, agent_id, transcript_path, tool_use_id } = JSON.parse(fs.readFileSync(file, 'utf8')) as Record<string, unknown>
  if (typeof session_id !== 'string' || typeof transcript_path !== 'string' || !path.isAbsolute(transcript_path)) return undefined
  const optional = (value: unknown) => (typeof value === 'string' && /^[\w-]{1,200}$/.test(value) ? value : undefined)
  return { session_id, agent_id: optional(agent_id), transcript_path, tool_use_id: optional(tool_use_id) }
}
