import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

// A stand-in of Anthropic's Messages API on this machine, so that the real Claude Code runs without a network or an account.
// The prompt says what the model does, so that many sessions can share one stand-in and a test reads like its story.

/** What the model does next. Settings (`usage`, `limits`, `pause`, `delay`, `fail`) belong to the answers after them. */
export type Step =
  /** Answers and ends the turn; a step after it is for a turn without a prompt, after the end of a background subagent. */
  | { readonly text: string }
  /** Calls any tool of the client, MCP tools included. */
  | { readonly tool: string; readonly input: object }
  /** Calls several tools in one answer. */
  | { readonly together: readonly ToolStep[] }
  /** Streams half an answer and never ends it. */
  | { readonly hang: true }
  /** Waits before the next answer begins. */
  | { readonly delay: number }
  /** Streams the next answers in two blocks with this pause between and before the final figures. */
  | { readonly pause: number }
  /** Refuses, before any output or in the midst of it, and ends the turn. */
  | { readonly refuse: 'before output' | 'midway' }
  /** What the next answers report as used. */
  | { readonly usage: Partial<SplitUsage> }
  /** The next answer fails this often; `retry: false` makes the client give up at once. */
  | { readonly fail: number; readonly kind?: string; readonly times?: number; readonly retry?: boolean }
  /** Plan limits in the headers of the next answers: the share used, and seconds until the reset. */
  | { readonly limits: Readonly<Record<string, readonly [used: number, secondsLeft: number]>> }

type ToolStep = Extract<Step, { tool: string }>

export interface Usage {
  readonly input_tokens: number
  readonly output_tokens: number
  readonly cache_creation_input_tokens: number
  readonly cache_read_input_tokens: number
}

/** With how long the written tokens stay. */
export interface SplitUsage extends Usage {
  /** For an hour; the others stay for five minutes. None when absent. */
  readonly ephemeral_1h_input_tokens?: number
}

export const text = (words: string): Step => ({ text: words })
export const tool = (name: string, input: object): ToolStep => ({ tool: name, input })
export const bash = (command: string): ToolStep => tool('Bash', { command, description: 'scripted' })
/**
 * Calls the Agent tool; the subagent follows a script of its own. Newer versions run it in the background in every terminal,
 * whatever the call says, unless the client has CLAUDE_CODE_DISABLE_BACKGROUND_TASKS=1.
 */
export const agent = (
  steps: readonly Step[],
  more: { type?: string; background?: boolean; description?: string; say?: string } = {},
): ToolStep =>
  tool('Agent', {
    description: more.description ?? 'scripted',
    subagent_type: more.type ?? 'general-purpose',
    prompt: `${more.say ?? 'Go on.'}\n${script(...steps)}`,
    run_in_background: more.background ?? false,
  })
export const delay = (ms: number): Step => ({ delay: ms })

const MARK = 'Follow this script:'

/** Writes the prompt, one line, with which the model takes these steps; after the last it answers `ok`. */
export function script(...steps: readonly Step[]): string {
  return `${MARK} ${JSON.stringify(steps)}`
}

/** One answer of the stand-in, as it was sent. */
export interface Answer {
  readonly sessionId: string
  /** Set inside a subagent, where the client's version says so. */
  readonly agentId: string | undefined
  /** When the request came, and when the last byte of the answer was sent; undefined while it streams or hangs. */
  readonly asked: number
  answered: number | undefined
  readonly messageId: string
  readonly requestId: string
  readonly model: string
  /** The tools that were called; empty for a text. */
  readonly tools: readonly string[]
  /** The HTTP status: 200, or that of a scripted failure. */
  readonly status: number
  readonly usage: Usage
  /** What was used in truth: nothing by a failure, half of the output by an answer that was cut off. */
  used: SplitUsage
  /** When the client went away before the end of the answer. */
  cutOff: number | undefined
  readonly isRefused: boolean
  /** As the request asked: `fast`, else `standard`. */
  readonly speed: string
  /** Whether the request offered tools: requests for titles and summaries do not. */
  readonly offeredTools: boolean
  /** The client closed the connection before the answer ended. */
  aborted: boolean
}

export interface MessagesApi {
  readonly url: string
  /** Every answer, oldest first. */
  readonly answers: readonly Answer[]
  /** What the client tried to reach outside this machine; it was refused. */
  readonly outside: readonly string[]
  /** Requests for other paths than the Messages API. */
  readonly other: readonly string[]
  answersOf(sessionId: string): readonly Answer[]
  stop(): Promise<void>
}

const standardUsage: Usage = {
  input_tokens: 11,
  output_tokens: 40,
  cache_creation_input_tokens: 250,
  cache_read_input_tokens: 3_000,
}

const noUsage: Usage = { input_tokens: 0, output_tokens: 0, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 }

interface RequestBody {
  readonly model: string
  readonly speed?: string
  readonly metadata?: { readonly user_id?: string }
  readonly stream?: boolean
  readonly tools?: readonly { readonly name: string }[]
  readonly messages: readonly { readonly role: string; readonly content: string | readonly Block[] }[]
}

interface Block {
  readonly type: string
  readonly text?: string
  readonly name?: string
  readonly input?: { readonly query?: string }
}

/** What one answer is, after the settings before it were applied. */
interface Plan {
  readonly step: Exclude<Step, { delay: number } | { pause: number } | { usage: object } | { fail: number } | { limits: object }>
  readonly usage: SplitUsage
  readonly delayMs: number
  readonly pauseMs: number
  readonly headers: Record<string, string>
  readonly failure: Extract<Step, { fail: number }> | undefined
  /** Tools that were searched for since the prompt. */
  readonly searched: ReadonlySet<string>
  /** Names the answer within its prompt, for failures that happen a certain number of times. */
  readonly key: string
}

/** The tool that loads tools which a client has and does not offer at first; scripts need not know which those are. */
const SEARCH = 'ToolSearch'
const SELECT = 'select:'
const searchFor = (name: string): ToolStep => tool(SEARCH, { query: `${SELECT}${name}`, max_results: 1 })

interface Progress {
  readonly steps: readonly Step[]
  /** How many answers of the script the conversation already has. */
  readonly done: number
  readonly searched: ReadonlySet<string>
  /** Names the prompt within the session. */
  readonly at: string
}

/** Finds the newest prompt with a script, and how far the conversation has come with it. */
function findProgress(messages: RequestBody['messages']): Progress {
  for (let index = messages.length - 1; index >= 0; index--) {
    const { role, content } = messages[index]!
    if (role !== 'user') continue
    const words = typeof content === 'string' ? content : content.flatMap(({ type, text }) => (type === 'text' ? [text] : [])).join('\n')
    const steps = parseScript(words)
    if (steps === undefined) continue
    const answers = messages.slice(index + 1).filter((one) => one.role === 'assistant')
    const searches = answers.flatMap((one) => searchIn(one.content) ?? [])
    return { steps, done: answers.length - searches.length, searched: new Set(searches), at: `${index}:${words.length}` }
  }
  return { steps: [], done: 0, searched: new Set(), at: '' }
}

/** The tool for which an answer searches. */
function searchIn(content: string | readonly Block[]): string | undefined {
  if (typeof content === 'string') return undefined
  const query = content.find(({ type, name }) => type === 'tool_use' && name === SEARCH)?.input?.query
  // Any other query is a step of the script itself.
  return query?.startsWith(SELECT) ? query.slice(SELECT.length) : undefined
}

function parseScript(words: string): readonly Step[] | undefined {
  // At the start of a line: a script with a subagent has the subagent's script within.
  const line = words
    .split('\n')
    .findLast((one) => one.startsWith(MARK))
    ?.slice(MARK.length)
  if (line === undefined) return undefined
  try {
    return JSON.parse(line.trim()) as Step[]
  } catch {
    // A summary may quote half a script.
    return undefined
  }
}

function planAnswer({ messages }: RequestBody, now: number): Plan {
  const { steps, done, searched, at } = findProgress(messages)
  let usage: SplitUsage = standardUsage
  let delayMs = 0
  let pauseMs = 0
  let failure: Plan['failure']
  let headers: Record<string, string> = {}
  let answer = 0
  for (const step of steps) {
    if ('usage' in step) usage = { ...usage, ...step.usage }
    else if ('pause' in step) pauseMs = step.pause
    else if ('limits' in step) headers = limitHeaders(step.limits, now)
    else if ('delay' in step) delayMs += answer === done ? step.delay : 0
    else if ('fail' in step) failure = answer === done ? step : undefined
    else if (answer++ === done) return { step, usage, delayMs, pauseMs, headers, failure, searched, key: `${at}:${done}` }
  }
  return { step: { text: 'ok' }, usage, delayMs, pauseMs, headers, failure, searched, key: `${at}:${done}` }
}

function limitHeaders(limits: Record<string, readonly [number, number]>, now: number): Record<string, string> {
  const prefix = 'anthropic-ratelimit-unified'
  const reset = (secondsLeft: number) => String(Math.floor(now / 1000) + secondsLeft)
  const claims = Object.entries(limits)
  const [first] = claims
  if (first === undefined) return {}
  const windows = claims.flatMap(([name, [used, left]]) => [
    [`${prefix}-${name}-utilization`, String(used)],
    [`${prefix}-${name}-reset`, reset(left)],
    [`${prefix}-${name}-status`, used >= 1 ? 'rejected' : 'allowed'],
  ])
  return {
    ...Object.fromEntries(windows),
    [`${prefix}-status`]: claims.some(([, [used]]) => used >= 1) ? 'rejected' : 'allowed',
    [`${prefix}-reset`]: reset(first[1][1]),
    [`${prefix}-representative-claim`]: first[0] === '5h' ? 'five_hour' : 'seven_day',
  }
}

/** The content blocks of an answer; a tool that the client does not have becomes a text. */
function contentOf({ step, searched }: Plan, offered: ReadonlySet<string>): readonly ({ text: string } | ToolStep)[] {
  if ('hang' in step) return [{ text: 'Half an answer.\n\nAnd the other ' }]
  if ('refuse' in step) return step.refuse === 'midway' ? [{ text: 'Half an answer.' }] : []
  if ('text' in step) return [step]
  const calls = ('together' in step ? step.together : [step]).map((call) => asOffered(call, offered))
  if (offered.size === 0) return [{ text: 'ok' }]
  const missing = calls.find((call) => !offered.has(call.tool) && !searched.has(call.tool))
  if (missing === undefined) return calls
  return [offered.has(SEARCH) ? searchFor(missing.tool) : { text: `There is no tool ${missing.tool}.` }]
}

/** Versions before 2.1.63 or so call the tool Task. */
function asOffered(call: ToolStep, offered: ReadonlySet<string>): ToolStep {
  return call.tool === 'Agent' && !offered.has('Agent') && offered.has('Task') ? { ...call, tool: 'Task' } : call
}

class MessagesServer implements MessagesApi {
  readonly answers: Answer[] = []
  readonly outside: string[] = []
  readonly other: string[] = []
  readonly #server = http.createServer((request, response) => void this.#receive(request, response))
  readonly #failures = new Map<string, number>()
  readonly #bySession = new Map<string, Answer[]>()
  url = ''

  async listen(): Promise<this> {
    this.#server.on('connect', (request, socket) => {
      this.outside.push(request.url ?? '')
      socket.on('error', () => {})
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
    })
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
    return this
  }

  answersOf(sessionId: string): readonly Answer[] {
    return this.#bySession.get(sessionId) ?? []
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    this.#server.closeAllConnections()
    await closed
  }

  async #receive(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const { pathname, origin } = new URL(request.url ?? '/', this.url)
    if (origin !== this.url) {
      this.outside.push(request.url!)
      response.writeHead(403).end()
      return
    }
    try {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      if (pathname === '/v1/messages/count_tokens') sendJson(response, 200, { input_tokens: 10 })
      else if (pathname === '/v1/messages' && request.method === 'POST')
        await this.#answer(request, JSON.parse(Buffer.concat(chunks).toString()) as RequestBody, response)
      else {
        this.other.push(`${request.method} ${pathname}`)
        sendJson(response, 404, { type: 'error', error: { type: 'not_found_error', message: 'The stand-in has no such path.' } })
      }
    } catch {
      // The client went away in the midst of its request or of the answer.
      response.destroy()
    }
  }

  async #answer(request: http.IncomingMessage, body: RequestBody, response: http.ServerResponse): Promise<void> {
    const asked = Date.now()
    // Old versions name their session only in the body.
    const sessionId = header(request, 'x-claude-code-session-id') ?? sessionIn(body.metadata?.user_id ?? '')
    const plan = planAnswer(body, asked)
    const offered = new Set((body.tools ?? []).map(({ name }) => name))
    const content = contentOf(plan, offered)
    const number = this.answers.length + 1
    const status = this.#statusOf(plan, sessionId)
    const answer: Answer = {
      sessionId,
      agentId: header(request, 'x-claude-code-agent-id'),
      asked,
      answered: undefined,
      messageId: `msg_${process.pid}_${number}`,
      requestId: `req_${process.pid}_${number}`,
      model: body.model,
      tools: content.flatMap((block) => ('tool' in block ? [block.tool] : [])),
      status,
      usage: plan.usage,
      used: noUsage,
      cutOff: undefined,
      isRefused: 'refuse' in plan.step,
      speed: body.speed ?? 'standard',
      offeredTools: offered.size > 0,
      aborted: false,
    }
    this.answers.push(answer)
    this.#bySession.set(sessionId, [...this.answersOf(sessionId), answer])
    response.on('close', () => {
      if (answer.answered !== undefined) return
      answer.aborted = true
      answer.cutOff = Date.now()
    })
    if (plan.delayMs > 0) await sleep(plan.delayMs)
    if (status !== 200) {
      const headers = {
        ...plan.headers,
        'request-id': answer.requestId,
        ...(plan.failure?.retry === false ? { 'x-should-retry': 'false' } : {}),
      }
      const type = plan.failure?.kind ?? errorTypes[status] ?? 'api_error'
      sendJson(response, status, { type: 'error', error: { type, message: 'a scripted failure' } }, headers)
    } else await sendMessage(response, answer, plan, content, body.stream === true)
    if (!response.writableEnded || answer.aborted) return
    answer.answered = Date.now()
    if (status === 200) answer.used = plan.usage
  }

  #statusOf({ failure, key }: Plan, sessionId: string): number {
    if (failure === undefined) return 200
    const count = this.#failures.get(`${sessionId}:${key}`) ?? 0
    this.#failures.set(`${sessionId}:${key}`, count + 1)
    return count < (failure.times ?? 1) ? failure.fail : 200
  }
}

const errorTypes: Record<number, string> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  429: 'rate_limit_error',
  500: 'api_error',
  529: 'overloaded_error',
}

function header(request: http.IncomingMessage, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value[0] : value
}

function sessionIn(userId: string): string {
  return /session_(?:id":")?([0-9a-f-]{36})/.exec(userId)?.[1] ?? ''
}

function sendJson(response: http.ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

async function sendMessage(
  response: http.ServerResponse,
  answer: Answer,
  { step, usage, pauseMs, headers }: Plan,
  content: readonly ({ text: string } | ToolStep)[],
  stream: boolean,
): Promise<void> {
  const { messageId, requestId, model, tools, speed } = answer
  const stop = 'refuse' in step ? refusal : { stop_reason: tools.length > 0 ? 'tool_use' : 'end_turn' }
  const { ephemeral_1h_input_tokens = 0, ...flat } = usage
  const ephemeral_5m_input_tokens = usage.cache_creation_input_tokens - ephemeral_1h_input_tokens
  const fullUsage = {
    ...flat,
    cache_creation: { ephemeral_5m_input_tokens, ephemeral_1h_input_tokens },
    service_tier: 'standard',
    ...(speed === 'standard' ? {} : { speed }),
  }
  answer.used = { ...usage, output_tokens: Math.floor(usage.output_tokens / 2) }
  const message = { id: messageId, type: 'message', role: 'assistant', model, stop_sequence: null }
  const blocks = content.map((block, index) =>
    'tool' in block
      ? { type: 'tool_use', id: `toolu_${messageId.slice(4)}_${index}`, name: block.tool, input: block.input }
      : { type: 'text', text: block.text },
  )
  if (!stream) {
    sendJson(response, 200, { ...message, content: blocks, ...stop, usage: fullUsage }, { ...headers, 'request-id': requestId })
    return
  }
  response.writeHead(200, { 'content-type': 'text/event-stream', ...headers, 'request-id': requestId })
  const send = (type: string, data: object) => response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`)
  send('message_start', { message: { ...message, content: [], stop_reason: null, usage: { ...fullUsage, output_tokens: 1 } } })
  const all = pauseMs > 0 ? [{ type: 'text', text: 'A first block.' }, ...blocks] : blocks
  for (const [index, block] of all.entries()) {
    const { input, ...bare } = block as { input?: object; type: string; text?: string }
    send('content_block_start', { index, content_block: input === undefined ? { type: 'text', text: '' } : { ...bare, input: {} } })
    const delta =
      input === undefined ? { type: 'text_delta', text: bare.text } : { type: 'input_json_delta', partial_json: JSON.stringify(input) }
    send('content_block_delta', { index, delta })
    if ('hang' in step && index === all.length - 1) return
    send('content_block_stop', { index })
    if (pauseMs > 0) await sleep(pauseMs)
  }
  send('message_delta', { delta: { ...stop, stop_sequence: null }, usage: fullUsage })
  send('message_stop', {})
  response.end()
}

const refusal = {
  stop_reason: 'refusal',
  stop_details: { type: 'refusal', category: 'cyber', explanation: 'A scripted refusal.' },
}

/** Starts the stand-in on a free port; the caller stops it. */
export function startMessagesApi(): Promise<MessagesApi> {
  return new MessagesServer().listen()
}
