import { setTimeout as sleep } from 'node:timers/promises'
import { agent, bash, delay, type Step, script, text, tool } from '../../support/messages-api.ts'
import type { Client } from '../client.ts'
import type { ClientHome } from '../client-home.ts'
import type { ClientTerminal } from '../client-terminal.ts'
import type { ProcessFile } from '../process-file.ts'
import { readRows } from '../transcript.ts'
import type { Random } from './random.ts'

export interface PersonOptions {
  readonly name: string
  readonly client: Client
  readonly home: ClientHome
  readonly cwd: string
  readonly random: Random
  /** Added to every start, such as a plugin. */
  readonly args: readonly string[]
  readonly env: Record<string, string>
  /** How long each state lasts at least, in milliseconds: longer than the board may take to show it. */
  readonly restMs: number
  /** Called when a session has begun with a copy of another. */
  readonly forked: (from: string, to: string) => void
  /** Called before a process is killed, with its pid. */
  readonly killed: (pid: number) => void
  /** Receives why a step did not go on: the client takes some keys as it pleases. The person begins with another client. */
  readonly stuck: (error: unknown) => void
  /** Receives each thing that the person does. */
  readonly log: (what: string) => void
}

type Ask =
  | 'answer'
  | 'yes'
  | 'no'
  | 'escape'
  | 'question'
  | 'subagent'
  | 'background subagent'
  | 'tasks'
  | 'background command'
  | 'interrupt'
  | 'failed turn'
  | 'shell'
type Move = 'clear' | 'resume' | 'branch' | 'rename' | 'long idle'
type End = 'exit' | 'ctrl-d' | 'SIGTERM' | 'window' | 'kill' | 'kill working' | 'kill waiting'

const asks: readonly (readonly [number, Ask])[] = [
  [6, 'answer'],
  [6, 'yes'],
  [3, 'no'],
  [3, 'escape'],
  [3, 'question'],
  [4, 'subagent'],
  [4, 'background subagent'],
  [2, 'tasks'],
  [2, 'background command'],
  [4, 'interrupt'],
  [2, 'failed turn'],
  [2, 'shell'],
]
const moves: readonly (readonly [number, Move])[] = [
  [4, 'clear'],
  [3, 'resume'],
  [2, 'branch'],
  [1, 'rename'],
  [2, 'long idle'],
]
const ends: readonly (readonly [number, End])[] = [
  [3, 'exit'],
  [2, 'ctrl-d'],
  [2, 'SIGTERM'],
  [2, 'window'],
  [3, 'kill'],
  [2, 'kill working'],
  [2, 'kill waiting'],
]
const starts: readonly (readonly [number, 'new' | 'resume' | 'continue' | 'fork' | 'print'])[] = [
  [4, 'new'],
  [3, 'resume'],
  [2, 'continue'],
  [2, 'fork'],
  [3, 'print'],
]

/** Someone who works with Claude Code in one folder: starts it, asks it, answers it, leaves it, kills it, by chance. */
export class Person {
  readonly #options: PersonOptions
  #terminal: ClientTerminal | undefined
  /** Sessions that have a conversation, so that they can be resumed; the newest last. */
  readonly #conversations: string[] = []
  #words = 0

  constructor(options: PersonOptions) {
    this.#options = options
  }

  /** Goes on until the signal; a step that has begun is finished. */
  async work(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await (this.#terminal === undefined ? this.#start() : this.#step(this.#terminal))
      } catch (error) {
        this.#options.stuck(error)
        await this.#leave()
      }
    }
  }

  /** Kills a client that does not go on. */
  async #leave(): Promise<void> {
    const terminal = this.#terminal
    this.#terminal = undefined
    this.#note('kills a client that does not go on')
    if (terminal !== undefined) await this.#kill(terminal).catch(() => terminal.closeNow())
    await this.#rest()
  }

  async #start(): Promise<void> {
    const { random } = this.#options
    const last = this.#written().at(-1) ?? ''
    const how = last === '' ? random.pick([starts[0]!, starts[4]!]) : random.pick(starts)
    if (how === 'print') return this.#print()
    const args = { new: [], resume: ['--resume', last], continue: ['--continue'], fork: ['--resume', last, '--fork-session'] }[how]
    this.#note(`starts: ${how}`)
    const terminal = this.#open(args)
    const { sessionId } = await terminal.ready()
    if (how !== 'new') this.#remember(sessionId)
    if (how === 'fork') this.#options.forked(last, sessionId)
    await this.#rest()
  }

  #open(args: readonly string[]): ClientTerminal {
    const { home, client, cwd, env, args: more } = this.#options
    this.#terminal = home.terminal(client, { cwd, args: [...args, ...more], env })
    return this.#terminal
  }

  async #step(terminal: ClientTerminal): Promise<void> {
    const what = this.#options.random.pick([
      [14, 'ask'],
      [4, 'move'],
      [2.5, 'end'],
    ])
    if (what === 'ask') await this.#ask(terminal)
    else if (what === 'move') await this.#move(terminal)
    else await this.#end(terminal)
    await this.#rest()
  }

  async #ask(terminal: ClientTerminal): Promise<void> {
    const ask = this.#options.random.pick(asks)
    this.#note(`asks: ${ask}`)
    const wait = delay(this.#restMs())
    if (ask === 'interrupt') return this.#interrupt(terminal)
    if (ask === 'shell') return this.#runShell(terminal)
    if (ask === 'yes' || ask === 'no' || ask === 'escape') {
      await this.#send(terminal, wait, this.#command(), wait, this.#text())
      if (await this.#isAsked(terminal)) await terminal.answerPermission(ask)
    } else if (ask === 'question') {
      const options = ['Left', 'Right'].map((label) => ({ label, description: label }))
      const questions = [{ question: 'Which way?', header: 'Way', multiSelect: false, options }]
      await this.#send(terminal, wait, tool('AskUserQuestion', { questions }), wait, this.#text())
      if (await this.#isAsked(terminal)) await terminal.answerQuestion()
    } else await this.#send(terminal, ...this.#stepsOf(ask, wait))
    await this.#settle(terminal)
  }

  #stepsOf(ask: Ask, wait: Step): Step[] {
    if (ask === 'subagent' || ask === 'background subagent') {
      return [
        wait,
        agent([wait, wait, text('Done below.')], { background: ask === 'background subagent' }),
        wait,
        this.#text(),
        this.#text(),
      ]
    }
    if (ask === 'tasks') {
      const create = tool('TaskCreate', { subject: 'Sort the shelf', description: 'By colour.' })
      return [create, wait, tool('TaskUpdate', { taskId: '1', status: 'completed' }), this.#text()]
    }
    if (ask === 'background command') {
      const seconds = (2 * this.#options.restMs) / 1000
      return [
        wait,
        tool('Bash', { command: `sleep ${seconds}`, description: 'scripted', run_in_background: true }),
        this.#text(),
        this.#text(),
      ]
    }
    return ask === 'failed turn' ? [wait, { fail: 529, retry: false }, this.#text()] : [wait, this.#text()]
  }

  async #interrupt(terminal: ClientTerminal): Promise<void> {
    await this.#send(terminal, delay(60_000), this.#text())
    await this.#rest()
    await terminal.interrupt()
    await this.#settle(terminal)
  }

  async #runShell(terminal: ClientTerminal): Promise<void> {
    const { statusUpdatedAt: before } = await terminal.waitForProcessFile(() => true)
    terminal.type('!')
    await terminal.waitForScreen(/^! |! for shell|shell mode|bash mode/im)
    await terminal.submit(`sleep ${(1.5 * this.#options.restMs) / 1000}`)
    // A slow machine may let a short state pass unseen.
    await terminal.waitForProcessFile((file) => file.status !== 'idle' || file.statusUpdatedAt !== before)
    await this.#settle(terminal)
  }

  async #move(terminal: ClientTerminal): Promise<void> {
    const move = this.#options.random.pick(moves)
    const before = terminal.processFile()!.sessionId
    const other = this.#written().findLast((id) => id !== before)
    if (move === 'long idle') {
      this.#note('is idle')
      return void (await sleep(this.#restMs() * 5))
    }
    const hasConversation = this.#written().includes(before)
    if ((move === 'resume' && other === undefined) || ((move === 'branch' || move === 'rename') && !hasConversation)) return
    this.#note(`does: ${move}`)
    await terminal.submit(
      { clear: '/clear', resume: `/resume ${other}`, branch: '/branch', rename: `/rename shelf-${++this.#words}` }[move],
    )
    if (move !== 'rename') {
      const { sessionId } = await terminal.waitForProcessFile((file) => file.sessionId !== before)
      if (move !== 'clear') this.#remember(sessionId)
      if (move === 'branch') this.#options.forked(before, sessionId)
    }
    await this.#settle(terminal)
  }

  async #end(terminal: ClientTerminal): Promise<void> {
    const end = this.#options.random.pick(ends)
    this.#note(`ends: ${end}`)
    if (end === 'kill working') {
      await this.#send(terminal, delay(60_000), this.#text())
      await this.#rest()
    } else if (end === 'kill waiting') {
      await this.#send(terminal, this.#command(), this.#text())
      await this.#isAsked(terminal)
    }
    if (end === 'exit') await terminal.submit('/exit')
    else if (end === 'ctrl-d') {
      terminal.key('ctrl-d')
      await sleep(200)
      terminal.key('ctrl-d')
    } else if (end === 'SIGTERM') await terminal.signal('SIGTERM')
    else if (end === 'window') await terminal.closeWindow()
    else await this.#kill(terminal)
    await terminal.ended
    this.#terminal = undefined
    // A killed process may be noticed later than a change of a file.
    await this.#rest()
  }

  async #kill(terminal: ClientTerminal): Promise<void> {
    this.#options.killed(await terminal.pid())
    await terminal.kill()
  }

  /** Runs `claude -p`, to its end or not. */
  async #print(): Promise<void> {
    const { home, client, cwd, env, args, random } = this.#options
    const how = random.pick([
      [4, 'to its end'],
      [1, 'SIGKILL'],
    ])
    this.#note(`runs -p ${how}`)
    const steps = [delay(this.#restMs()), agent([delay(this.#restMs()), text('Done below.')]), delay(this.#restMs()), this.#text()]
    const child = home.print(client, cwd, ['-p', script(...steps), ...args], env)
    if (how === 'SIGKILL') {
      await sleep(this.#restMs() * 2)
      this.#options.killed(child.process.pid ?? 0)
      await child.stop('SIGKILL')
    }
    await child.finished
    await this.#rest()
  }

  /** Sends a prompt and waits until the client works on it. */
  async #send(terminal: ClientTerminal, ...steps: Step[]): Promise<void> {
    const { statusUpdatedAt: before } = await terminal.waitForProcessFile(() => true)
    await terminal.submit(script(...steps))
    const { sessionId } = await terminal.waitForProcessFile((file) => file.status !== 'idle' || file.statusUpdatedAt !== before)
    this.#remember(sessionId)
  }

  /** Waits until the client asks the person. On a slow machine a key of before may have answered it already; then the turn is over. */
  async #isAsked(terminal: ClientTerminal): Promise<boolean> {
    const isOver = ({ status, statusUpdatedAt = 0 }: ProcessFile) => status === 'idle' && Date.now() - statusUpdatedAt > TURN_OVER_MS
    const { status } = await terminal.waitForProcessFile((file) => file.status === 'waiting' || isOver(file))
    if (status === 'waiting') await this.#rest()
    return status === 'waiting' && terminal.processFile()?.status === 'waiting'
  }

  /** Waits until the client is idle and stays so; between a turn and the next of a subagent's end it is idle for an instant. */
  async #settle(terminal: ClientTerminal): Promise<void> {
    for (;;) {
      const { statusUpdatedAt } = await until(terminal, 'idle')
      await sleep(this.#options.restMs / 2)
      const now = terminal.processFile()
      if (now?.status === 'idle' && now.statusUpdatedAt === statusUpdatedAt) return
    }
  }

  #command(): Step {
    return bash(`touch made-${++this.#words}.txt`)
  }

  #text(): Step {
    return text(`Said ${this.#options.name} ${++this.#words}.`)
  }

  #remember(sessionId: string): void {
    const at = this.#conversations.indexOf(sessionId)
    if (at >= 0) this.#conversations.splice(at, 1)
    this.#conversations.push(sessionId)
  }

  /** The conversations that can be resumed: a client that is killed may not have written its first prompt. */
  #written(): string[] {
    const { config } = this.#options.home
    return this.#conversations.filter((id) => readRows(config, id).some(({ type }) => type === 'assistant'))
  }

  #restMs(): number {
    return Math.round(this.#options.random.between(1, 1.6) * this.#options.restMs)
  }

  async #rest(): Promise<void> {
    await sleep(this.#restMs())
  }

  #note(what: string): void {
    this.#options.log(what)
  }
}

/** A client that is idle for so long does not work on a prompt any more. */
const TURN_OVER_MS = 15_000

const until = (terminal: ClientTerminal, wanted: ProcessFile['status']) => terminal.waitForProcessFile(({ status }) => status === wanted)
