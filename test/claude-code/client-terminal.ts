import { type ChildProcess, spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import xterm from '@xterm/headless'
import { filterAlive } from '../support/process-tree.ts'
import type { ProcessFile } from './process-file.ts'

export interface TerminalOptions {
  readonly cwd: string
  readonly args?: readonly string[]
  /** Added to the environment of the home. */
  readonly env?: Record<string, string>
  readonly rows?: number
  readonly columns?: number
}

const keys = {
  enter: '\r',
  escape: '\x1b',
  up: '\x1b[A',
  down: '\x1b[B',
  tab: '\t',
  'shift-tab': '\x1b[Z',
  'ctrl-b': '\x02',
  'ctrl-c': '\x03',
  'ctrl-d': '\x04',
  backspace: '\x7f',
} as const

/** Starts and screens of a busy machine: with twenty processes at work, 30 s were not enough for a start. */
const SCREEN_TIMEOUT_MS = 60_000
/** A client beside twenty busy processes once showed nothing for a minute. */
const START_TIMEOUT_MS = 120_000
/** A client takes an Enter that comes together with a text for a part of the text. */
const ENTER_DELAY_MS = 60

/** A client ignores keys for about 150 ms after its question has appeared, lest they were meant for the prompt. */
const ANSWER_DELAY_MS = 250
/** A key that is sent again although the first was taken would stand in the input. */
const ANSWER_RETRY_MS = 6_000
const ANSWER_ATTEMPTS = 5
/** A busy machine shows half a screen for so long. */
const REDRAW_MS = 300
/** After an interrupt the prompt is back in the input by then, or not at all. */
const RESTORE_MS = 2_000
/** Between two looks at files for which a test waits. */
const FILE_INTERVAL_MS = 100

/**
 * An interactive client in a real pseudo terminal, which `script` provides without a native module. What the client draws
 * goes through a terminal emulator, so a test sees the screen that a person would see.
 */
export class ClientTerminal {
  readonly #screen: xterm.Terminal
  readonly #script: ChildProcess
  readonly #pidFile: string
  readonly #watchers = new Set<() => void>()
  readonly #config: string
  /** Resolves when the client and its terminal have ended. */
  readonly ended: Promise<void>
  #isEnded = false
  #lastPrompt = ''

  constructor(program: string, env: Record<string, string>, { cwd, args = [], rows = 50, columns = 160 }: TerminalOptions) {
    this.#screen = new xterm.Terminal({ rows, cols: columns, scrollback: 2_000, allowProposedApi: true })
    this.#config = path.join(env.HOME!, '.claude')
    this.#pidFile = path.join(env.TMPDIR!, `pid-${process.pid}-${++terminals}`)
    // The shell becomes the client, so the file has the client's pid.
    const command = `stty rows ${rows} cols ${columns}; echo $$ > ${quote(this.#pidFile)}; exec ${[program, ...args].map(quote).join(' ')}`
    const scriptArgs = process.platform === 'darwin' ? ['-q', '/dev/null', '/bin/sh', '-c', command] : ['-qfec', command, '/dev/null']
    this.#script = spawn('script', scriptArgs, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'], detached: true })
    for (const stream of [this.#script.stdout!, this.#script.stderr!]) stream.on('data', (bytes: Buffer) => this.#draw(bytes))
    this.#script.stdin!.on('error', () => {})
    // A client asks its terminal for the cursor and its abilities, and the emulator answers.
    this.#screen.onData((answer) => this.#write(answer))
    this.ended = new Promise((resolve, reject) => {
      this.#script.on('error', reject)
      this.#script.on('close', () => {
        this.#isEnded = true
        this.#check()
        resolve()
      })
    })
    this.ended.catch(() => {})
    open.add(this)
    this.ended.finally(() => open.delete(this)).catch(() => {})
  }

  get isEnded(): boolean {
    return this.#isEnded
  }

  /** The pid of the client, known as soon as its terminal is there. */
  async pid(): Promise<number> {
    return Number(await this.#until('a pid', () => readText(this.#pidFile).trim() || undefined))
  }

  /** What a person sees now, without trailing blanks. */
  screen(): string {
    const { active } = this.#screen.buffer
    return this.#lines(active.baseY, active.baseY + this.#screen.rows)
  }

  /** Everything drawn so far, with what has scrolled away. */
  history(): string {
    return this.#lines(0, this.#screen.buffer.active.length)
  }

  /** Waits until the screen matches. @throws Error with the screen that is there instead */
  async waitForScreen(wanted: string | RegExp | ((screen: string) => boolean), withinMs = SCREEN_TIMEOUT_MS): Promise<string> {
    const matches = (screen: string) =>
      typeof wanted === 'string' ? screen.includes(wanted) : wanted instanceof RegExp ? wanted.test(screen) : wanted(screen)
    return this.#until(`a screen with ${wanted}`, () => (matches(this.screen()) ? this.screen() : undefined), withinMs)
  }

  /** Waits for a text of the model. A prompt that scripts it has the same words, but not after the mark of an answer. */
  async waitForAnswer(words: string, withinMs = SCREEN_TIMEOUT_MS): Promise<void> {
    await this.waitForScreen((screen) => screen.includes(`● ${words}`), withinMs)
  }

  /** Waits for the state that the client writes about itself. */
  async waitForProcessFile(wanted: (file: ProcessFile) => boolean, withinMs = SCREEN_TIMEOUT_MS): Promise<ProcessFile> {
    return this.#until(
      `a process file with ${wanted}`,
      () => {
        const file = this.processFile()
        return file !== undefined && wanted(file) ? file : undefined
      },
      withinMs,
    )
  }

  /** Waits until the client shows its prompt and is idle. */
  async ready(): Promise<ProcessFile> {
    await this.waitForScreen(/^.?\s*❯/m, START_TIMEOUT_MS)
    return this.waitForProcessFile(({ status }) => status === undefined || status === 'idle')
  }

  /** What the client says about itself now; undefined before it says something and after its end. */
  processFile(): ProcessFile | undefined {
    const pid = readText(this.#pidFile).trim()
    if (pid === '') return undefined
    try {
      return JSON.parse(readText(path.join(this.#config, 'sessions', `${pid}.json`))) as ProcessFile
    } catch {
      return undefined
    }
  }

  /** Types as a person does: every character is a key. */
  type(words: string): void {
    this.#write(words)
  }

  /** Pastes text, which may have several lines. */
  paste(words: string): void {
    this.#write(`\x1b[200~${words}\x1b[201~`)
  }

  key(...names: (keyof typeof keys)[]): void {
    for (const name of names) this.#write(keys[name])
  }

  /** Pastes a prompt, or types a slash command, and sends it off once it stands in the input. */
  async submit(prompt: string): Promise<void> {
    const isCommand = prompt.startsWith('/')
    this.#lastPrompt = prompt
    const end = squash(prompt).slice(-20)
    const before = countOf(squash(this.screen()), end)
    if (isCommand) this.type(prompt)
    else this.paste(prompt)
    await this.waitForScreen((screen) => countOf(squash(screen), end) > before || (!isCommand && screen.includes('[Pasted text')))
    await sleep(ENTER_DELAY_MS)
    this.key('enter')
  }

  /** Answers the client's question for a permission, once it is there, and waits until it is gone. */
  async answerPermission(answer: 'yes' | 'no' | 'escape'): Promise<void> {
    const question = questionOn(await this.waitForScreen((screen) => questionOn(screen) !== undefined))!
    const [, no = '3'] = /(\d)\. No/.exec(question) ?? []
    const send = () => (answer === 'escape' ? this.key('escape') : this.type(answer === 'yes' ? '1' : no))
    await this.#answer(send, (withinMs) => this.#waitUntilGone((screen) => questionOn(screen) === question, withinMs))
  }

  /** Takes the first answer that the model offers to its question, once it is there. */
  async answerQuestion(): Promise<void> {
    await this.waitForScreen('Enter to select')
    const isTaken = (withinMs?: number) => this.#waitUntilGone((screen) => screen.includes('Enter to select'), withinMs)
    await this.#answer(() => this.key('enter'), isTaken)
  }

  /** Waits until the screen has lost something for longer than it takes to draw it again. */
  async #waitUntilGone(isThere: (screen: string) => boolean, withinMs = SCREEN_TIMEOUT_MS): Promise<void> {
    const deadline = Date.now() + withinMs
    do {
      await this.waitForScreen((screen) => !isThere(screen), Math.max(0, deadline - Date.now()))
      await sleep(REDRAW_MS)
    } while (isThere(this.screen()))
  }

  async #answer(send: () => void, isTaken: (withinMs?: number) => Promise<unknown>): Promise<void> {
    for (let attempt = 1; attempt < ANSWER_ATTEMPTS; attempt++) {
      await sleep(ANSWER_DELAY_MS)
      send()
      const taken = await isTaken(ANSWER_RETRY_MS).then(
        () => true,
        () => false,
      )
      if (taken) return
    }
    send()
    await isTaken()
  }

  /** Presses Escape during a turn. Before its first answer the client gives the prompt back into the input; this removes it. */
  async interrupt(): Promise<void> {
    const isIdle = (withinMs?: number) => this.waitForProcessFile(({ status }) => status === 'idle', withinMs)
    await this.#answer(() => this.key('escape'), isIdle)
    const end = squash(this.#lastPrompt).slice(-20)
    const isRestored = (screen: string) => squash(inputOn(screen)).endsWith(end)
    const restored = await this.waitForScreen(isRestored, RESTORE_MS).catch(() => undefined)
    if (restored === undefined) return
    this.key('ctrl-c')
    await this.waitForScreen((screen) => !isRestored(screen))
  }

  /** Sends a signal to the client. */
  async signal(name: NodeJS.Signals): Promise<void> {
    process.kill(await this.pid(), name)
  }

  /** Ends the client as a crash would, and waits until its process is gone. */
  async kill(): Promise<void> {
    const pid = await this.pid()
    process.kill(pid, 'SIGKILL')
    // Only Linux distinguishes a process that has ended from one that runs before its parent has asked.
    if (process.platform !== 'linux') return this.ended
    while (filterAlive([pid]).length > 0) await sleep(5)
  }

  /** Closes the window: the terminal goes away under the client, which gets SIGHUP. */
  async closeWindow(): Promise<void> {
    this.#script.kill('SIGKILL')
    await this.ended
  }

  /** For the end of the process, when nothing can be awaited. */
  closeNow(): void {
    this.#script.kill('SIGKILL')
  }

  #write(bytes: string): void {
    if (!this.#isEnded) this.#script.stdin!.write(bytes)
  }

  #draw(bytes: Buffer): void {
    this.#screen.write(bytes, () => this.#check())
  }

  #check(): void {
    for (const watcher of this.#watchers) watcher()
  }

  #lines(from: number, to: number): string {
    const lines: string[] = []
    for (let row = from; row < to; row++) lines.push(this.#screen.buffer.active.getLine(row)?.translateToString(true) ?? '')
    return lines.join('\n').trimEnd()
  }

  #until<T>(what: string, find: () => T | undefined, withinMs = SCREEN_TIMEOUT_MS): Promise<T> {
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(timeout)
        clearInterval(interval)
        this.#watchers.delete(check)
        settle()
      }
      const fail = (why: string) => finish(() => reject(new Error(`${why} without ${what}. The screen:\n${this.screen()}`)))
      const check = () => {
        const value = find()
        if (value !== undefined) finish(() => resolve(value))
        else if (this.#isEnded) fail('Claude Code has ended')
      }
      const timeout = setTimeout(() => fail(`${withinMs} ms have passed`), withinMs)
      // Files change without a change of the screen.
      const interval = setInterval(check, FILE_INTERVAL_MS)
      this.#watchers.add(check)
      check()
    })
  }
}

let terminals = 0
/** Terminals whose client may still run; `script` would outlive a test run that is aborted. */
const open = new Set<ClientTerminal>()
process.on('exit', () => {
  for (const terminal of open) terminal.closeNow()
})

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`
}

/** The question for a permission, from the line above it; undefined when none is open. */
function questionOn(screen: string): string | undefined {
  const at = screen.lastIndexOf('Do you want to')
  if (at < 0 || !/1\. Yes/.test(screen.slice(at))) return undefined
  return screen.slice(Math.max(0, screen.lastIndexOf('\n─────', at)))
}

/** What stands in the input, between the last two lines across the screen. */
function inputOn(screen: string): string {
  const lines = screen.split('\n')
  const below = lines.findLastIndex(isRule)
  const above = lines.slice(0, Math.max(0, below)).findLastIndex(isRule)
  return lines.slice(above + 1, below).join('\n')
}

const isRule = (line: string) => line.startsWith('─────')

/** Removes what wrapping and borders put between the characters of a text. */
function squash(words: string): string {
  return words.replace(/[\s│❯>]/g, '')
}

function countOf(words: string, part: string): number {
  return words.split(part).length - 1
}

function readText(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
