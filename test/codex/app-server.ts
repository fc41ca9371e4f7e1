import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

interface Message {
  readonly id?: number
  readonly method?: string
  readonly params?: { readonly threadId?: string }
  readonly result?: unknown
  readonly error?: unknown
}

/** `codex app-server`, with which a program does what a person does in the terminal: turns, forks, compactions, reviews. */
export class AppServer {
  readonly #child: ChildProcess
  readonly #ended: Promise<unknown>
  readonly #answers = new Map<number, (message: Message) => void>()
  readonly #ends = new Map<string, () => void>()
  #sent = 0

  constructor(program: string, cwd: string, env: Record<string, string | undefined>) {
    const child = spawn(program, ['app-server'], { cwd, env, stdio: ['pipe', 'pipe', 'ignore'] })
    this.#child = child
    this.#ended = once(child, 'close')
    createInterface(child.stdout).on('line', (line) => {
      if (!line.startsWith('{')) return
      const message = JSON.parse(line) as Message
      if (message.method === undefined && message.id !== undefined) this.#answers.get(message.id)?.(message)
      else if (message.method === 'turn/completed') this.#ends.get(message.params?.threadId ?? '')?.()
    })
  }

  async connect(): Promise<this> {
    await this.#call('initialize', { clientInfo: { name: 'signalbox-test', version: '1' }, capabilities: { experimentalApi: true } })
    this.#write({ method: 'initialized' })
    return this
  }

  /** @returns the id of the thread */
  async startThread(cwd: string): Promise<string> {
    return threadOf(await this.#call('thread/start', { cwd, approvalPolicy: 'never' }))
  }

  /** @returns the id of the fork */
  async fork(threadId: string): Promise<string> {
    return threadOf(await this.#call('thread/fork', { threadId }))
  }

  async resume(threadId: string): Promise<void> {
    await this.#call('thread/resume', { threadId })
  }

  /** Runs a turn to its end. */
  turn(threadId: string, text: string, more: { model?: string } = {}): Promise<void> {
    return this.#untilEnd(threadId, 'turn/start', { threadId, input: [{ type: 'text', text }], ...more })
  }

  /** What `/compact` does. */
  compact(threadId: string): Promise<void> {
    return this.#untilEnd(threadId, 'thread/compact/start', { threadId })
  }

  /** What `/review` does. */
  review(threadId: string, instructions: string): Promise<void> {
    return this.#untilEnd(threadId, 'review/start', { threadId, target: { type: 'custom', instructions }, delivery: 'inline' })
  }

  async stop(): Promise<void> {
    this.#child.kill()
    await this.#ended
  }

  async #untilEnd(threadId: string, method: string, params: object): Promise<void> {
    const ended = new Promise<void>((resolve) => this.#ends.set(threadId, resolve))
    await this.#call(method, params)
    await ended
  }

  #call(method: string, params: object): Promise<unknown> {
    const id = ++this.#sent
    this.#write({ id, method, params })
    return new Promise((resolve, reject) => {
      this.#answers.set(id, ({ result, error }) => {
        if (error === undefined) resolve(result)
        else reject(new Error(`${method}: ${JSON.stringify(error)}`))
      })
    })
  }

  #write(message: object): void {
    this.#child.stdin?.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
  }
}

function threadOf(result: unknown): string {
  return (result as { thread: { id: string } }).thread.id
}
