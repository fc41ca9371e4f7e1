import { type ChildProcess, spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'

export interface ClaudeClientOptions {
  readonly configDir: string
  readonly cwd?: string
  readonly version?: string
  readonly kind?: 'interactive' | 'print'
  readonly sessionId?: string
  /** Fields that the process file has besides, or instead. */
  readonly file?: Record<string, unknown>
}

/** One that begins without a status and writes no time of it. */
const OLD_VERSION = '2.1.120'

/**
 * A stand-in for a running Claude Code: a real process, its process file and its transcript, written as docs/claude-code.md says
 * that the real one does.
 */
export class ClaudeClient {
  readonly #options: ClaudeClientOptions
  readonly #process: ChildProcess
  readonly cwd: string
  readonly version: string
  readonly pid: number
  sessionId: string
  #file: Record<string, unknown>
  #rows = 0

  constructor(options: ClaudeClientOptions) {
    const { version = '2.1.332', kind = 'interactive', cwd = '/home/ada/engine', sessionId = crypto.randomUUID() } = options
    this.#options = options
    this.cwd = cwd
    this.version = version
    this.sessionId = sessionId
    this.#process = spawn('sleep', ['100000'], { stdio: 'ignore' })
    this.pid = this.#process.pid ?? 0
    this.#file = {
      pid: this.pid,
      sessionId,
      cwd,
      startedAt: Date.now(),
      procStart: readStart(this.pid),
      version,
      peerProtocol: 1,
      kind: 'interactive',
      entrypoint: kind === 'print' ? 'sdk-cli' : 'cli',
      // Interactive ones have a status soon after their start.
      ...(kind === 'interactive' && version !== OLD_VERSION ? { status: 'idle', statusUpdatedAt: Date.now() } : {}),
      ...options.file,
    }
    this.#write()
  }

  get processFile(): string {
    return path.join(this.#options.configDir, 'sessions', `${this.pid}.json`)
  }

  get transcript(): string {
    return path.join(this.#options.configDir, 'projects', this.cwd.replace(/[^a-zA-Z0-9]/g, '-'), `${this.sessionId}.jsonl`)
  }

  /** Writes its state, as `busy`, `idle`, `shell`, or `waiting` for something. */
  status(status: string, waitingFor?: string): void {
    const { waitingFor: _, ...file } = this.#file
    const now = Date.now()
    // Old versions write no time of the status.
    const time = this.version === OLD_VERSION ? {} : { statusUpdatedAt: now }
    this.#file = { ...file, status, ...time, updatedAt: now, ...(waitingFor === undefined ? {} : { waitingFor }) }
    this.#write()
  }

  /** Appends rows to the transcript, with what all rows have. */
  append(...rows: Record<string, unknown>[]): void {
    const lines = rows.map((row) => {
      const common = {
        timestamp: new Date().toISOString(),
        cwd: this.cwd,
        sessionId: this.sessionId,
        version: this.version,
        gitBranch: 'main',
      }
      const entrypoint = this.#options.kind === 'print' ? 'sdk-cli' : 'cli'
      return `${JSON.stringify({ parentUuid: null, isSidechain: false, ...row, uuid: crypto.randomUUID(), entrypoint, ...common })}\n`
    })
    fs.mkdirSync(path.dirname(this.transcript), { recursive: true })
    fs.appendFileSync(this.transcript, lines.join(''))
  }

  prompt(text: string): void {
    this.append({ type: 'user', message: { role: 'user', content: text }, permissionMode: 'default' })
  }

  /** One answer of the model; the turn goes on unless it is `end_turn`. */
  answer(stop: 'end_turn' | 'tool_use' = 'end_turn', text = 'an answer', context = 4_000): void {
    this.#rows++
    const usage = { input_tokens: 12, output_tokens: 42, cache_read_input_tokens: context, cache_creation_input_tokens: 300 }
    const content =
      stop === 'end_turn' ? [{ type: 'text', text }] : [{ type: 'tool_use', id: `t${this.#rows}`, name: 'Bash', input: { command: text } }]
    const id = `msg_${this.sessionId}_${this.#rows}`
    const message = { id, role: 'assistant', model: 'claude-opus-5-5', content, stop_reason: stop, usage }
    this.append({ type: 'assistant', requestId: `req_${id}`, message })
  }

  /** Continues with another session, as after `/clear`. */
  clear(): void {
    const before = this.sessionId
    fs.appendFileSync(this.transcript, costState(before))
    this.sessionId = crypto.randomUUID()
    this.#file = { ...this.#file, sessionId: this.sessionId, updatedAt: Date.now() }
    this.#write()
  }

  /** Ends as after `/exit`, Ctrl+C, SIGTERM, or when its terminal is closed. */
  async exit(): Promise<void> {
    fs.mkdirSync(path.dirname(this.transcript), { recursive: true })
    fs.appendFileSync(this.transcript, costState(this.sessionId))
    fs.rmSync(this.processFile)
    await this.kill()
  }

  /** Ends as after `kill -9`: everything stays as it is. */
  async kill(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const ended = new Promise((resolve) => this.#process.once('exit', resolve))
    this.#process.kill('SIGKILL')
    await ended
  }

  #write(): void {
    fs.mkdirSync(path.dirname(this.processFile), { recursive: true })
    fs.writeFileSync(this.processFile, JSON.stringify(this.#file))
  }
}

function costState(sessionId: string): string {
  return `${JSON.stringify({ type: 'cost-state', sessionId, totalCostUSD: 0.01, modelUsage: {} })}\n`
}

/** When a process started, as Claude Code writes it on Linux. */
function readStart(pid: number): string | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}
