import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import zlib from 'node:zlib'

// A stand-in of OpenAI's Responses API on this machine, so that the real Codex runs without a network or an account. As with
// messages-api.ts, the prompt says what the model does, and the log of the stand-in is the truth that a ledger is held to.

/** What the model does next. Settings (`usage`, `limits`, `fail`) belong to the answers after them. */
export type ResponseStep =
  /** Answers and ends the turn. */
  | { readonly text: string }
  /** Calls a tool of the client. */
  | ToolCall
  /** Calls several tools in one answer. */
  | { readonly together: readonly ToolCall[] }
  /** Streams a part of an answer and never ends it. */
  | { readonly hang: true }
  /** What the next answers report as used. */
  | { readonly usage: Partial<ResponseUsage> }
  /** The next answer fails this often. */
  | { readonly fail: number; readonly times?: number }
  /** Limits in the headers of the next answers: percent used, minutes of the window, and seconds until its reset. */
  | { readonly limits: Readonly<Partial<Record<'primary' | 'secondary', readonly [used: number, minutes: number, secondsLeft: number]>>> }

export interface ToolCall {
  readonly tool: string
  readonly input: object
  readonly namespace?: string
}

/** The prompt has all input tokens; those read from the cache and written to it are among them, as reasoning is in the output. */
export interface ResponseUsage {
  readonly input: number
  readonly cached: number
  readonly written: number
  readonly output: number
  readonly reasoning: number
}

const MARK = 'Follow this script:'

/** Writes the prompt, one line, with which the model takes these steps; after the last it answers `ok`. */
export function responseScript(...steps: readonly ResponseStep[]): string {
  return `${MARK} ${JSON.stringify(steps)}`
}

/** One answer of the stand-in, as it was sent. */
export interface ModelResponse {
  readonly responseId: string
  /** What the client calls the conversation; a subagent has one of its own. */
  readonly thread: string
  readonly model: string
  readonly status: number
  readonly usage: ResponseUsage
  /** Milliseconds since 1970 when the last byte was sent; undefined for one that hangs. */
  answered: number | undefined
}

export interface ResponsesApi {
  readonly url: string
  /** Every answer, oldest first. */
  readonly answers: readonly ModelResponse[]
  /** Requests for other paths. */
  readonly other: readonly string[]
  stop(): Promise<void>
}

const standardUsage: ResponseUsage = { input: 3_100, cached: 2_048, written: 0, output: 40, reasoning: 8 }

interface Item {
  readonly type?: string
  readonly role?: string
  readonly content?: readonly { readonly type: string; readonly text?: string }[] | string
}

interface RequestBody {
  readonly model: string
  readonly input: readonly Item[]
  readonly prompt_cache_key?: string
}

interface Plan {
  readonly step: Extract<ResponseStep, { text: string } | { tool: string } | { together: unknown } | { hang: true }>
  readonly usage: ResponseUsage
  readonly headers: Record<string, string>
  readonly failure: Extract<ResponseStep, { fail: number }> | undefined
  /** Names the answer within its conversation, for failures that happen a certain number of times. */
  readonly key: string
}

/** Finds the newest prompt with a script, and how many answers the conversation has after it. */
function findProgress(input: readonly Item[]): { steps: readonly ResponseStep[]; done: number; at: number } {
  for (let index = input.length - 1; index >= 0; index--) {
    const steps = input[index]!.role === 'user' ? parseScript(textOf(input[index]!)) : undefined
    if (steps === undefined) continue
    const after = input.slice(index + 1)
    // The items of one answer follow each other; the outputs of its tools come after them.
    const done = after.filter((item, at) => isModels(item) && !(at > 0 && isModels(after[at - 1]!))).length
    return { steps, done, at: index }
  }
  return { steps: [], done: 0, at: -1 }
}

function isModels({ type, role }: Item): boolean {
  return role === 'assistant' || type === 'function_call' || type === 'custom_tool_call' || type === 'reasoning'
}

function textOf({ content }: Item): string {
  return typeof content === 'string' ? content : (content ?? []).map(({ text = '' }) => text).join('\n')
}

function parseScript(words: string): readonly ResponseStep[] | undefined {
  const line = words.split('\n').findLast((one) => one.startsWith(MARK))
  if (line === undefined) return undefined
  try {
    return JSON.parse(line.slice(MARK.length).trim()) as ResponseStep[]
  } catch {
    // A summary may quote half a script.
    return undefined
  }
}

function planAnswer({ input }: RequestBody, now: number): Plan {
  const { steps, done, at } = findProgress(input)
  let usage = standardUsage
  let headers: Record<string, string> = {}
  let failure: Plan['failure']
  let answer = 0
  for (const step of steps) {
    if ('usage' in step) usage = { ...usage, ...step.usage }
    else if ('limits' in step) headers = limitHeaders(step.limits, now)
    else if ('fail' in step) failure = answer === done ? step : undefined
    else if (answer++ === done) return { step, usage, headers, failure, key: `${at}:${done}` }
  }
  return { step: { text: 'ok' }, usage, headers, failure: undefined, key: `${at}:${done}` }
}

function limitHeaders(limits: Extract<ResponseStep, { limits: object }>['limits'], now: number): Record<string, string> {
  const entries = Object.entries(limits).flatMap(([name, [used, minutes, secondsLeft]]) => [
    [`x-codex-${name}-used-percent`, String(used)],
    [`x-codex-${name}-window-minutes`, String(minutes)],
    // Old versions read the seconds, new ones the time.
    [`x-codex-${name}-reset-after-seconds`, String(secondsLeft)],
    [`x-codex-${name}-reset-at`, String(Math.floor(now / 1000) + secondsLeft)],
  ])
  return Object.fromEntries(entries)
}

class ResponsesServer implements ResponsesApi {
  readonly answers: ModelResponse[] = []
  readonly other: string[] = []
  readonly #server = http.createServer((request, response) => void this.#receive(request, response))
  readonly #failures = new Map<string, number>()
  url = ''

  async listen(): Promise<this> {
    this.#server.on('connect', (request, socket) => {
      this.other.push(`CONNECT ${request.url}`)
      socket.on('error', () => {})
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
    })
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
    return this
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    this.#server.closeAllConnections()
    await closed
  }

  async #receive(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    try {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const { pathname } = new URL(request.url ?? '/', this.url)
      if (pathname === '/v1/responses' && request.method === 'POST') {
        const bytes = Buffer.concat(chunks)
        const body = request.headers['content-encoding'] === 'zstd' ? zlib.zstdDecompressSync(bytes) : bytes
        this.#answer(request, JSON.parse(body.toString()) as RequestBody, response)
        return
      }
      this.other.push(`${request.method} ${pathname}`)
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":{"message":"The stand-in has no such path."}}')
    } catch {
      // The client went away in the midst of its request.
      response.destroy()
    }
  }

  #answer(request: http.IncomingMessage, body: RequestBody, response: http.ServerResponse): void {
    const plan = planAnswer(body, Date.now())
    const { headers } = request
    // Old versions call it a conversation or a session.
    const thread = String(headers['thread-id'] ?? headers.conversation_id ?? headers['session-id'] ?? headers.session_id ?? '')
    const status = this.#statusOf(plan, thread)
    const responseId = `resp_${process.pid}_${this.answers.length + 1}`
    const answer: ModelResponse = { responseId, thread, model: body.model, status, usage: plan.usage, answered: undefined }
    this.answers.push(answer)
    if (status !== 200) {
      const error = { error: { type: 'server_error', message: 'a scripted failure' } }
      response.writeHead(status, { 'content-type': 'application/json', ...plan.headers }).end(JSON.stringify(error))
    } else sendResponse(response, answer, plan)
    if (response.writableEnded) answer.answered = Date.now()
  }

  #statusOf({ failure, key }: Plan, thread: string): number {
    if (failure === undefined) return 200
    const count = this.#failures.get(`${thread}:${key}`) ?? 0
    this.#failures.set(`${thread}:${key}`, count + 1)
    return count < (failure.times ?? 1) ? failure.fail : 200
  }
}

function sendResponse(response: http.ServerResponse, { responseId: id, model, usage }: ModelResponse, { step, headers }: Plan): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', ...headers, 'x-request-id': `req_${id}` })
  const send = (type: string, data: object) => response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`)
  send('response.created', { response: { id, model, status: 'in_progress' } })
  if ('hang' in step) {
    send('response.output_item.added', { item: { type: 'message', role: 'assistant', id: `msg_${id}`, content: [] } })
    return
  }
  const calls = 'together' in step ? step.together : 'tool' in step ? [step] : []
  for (const [index, { tool, input, namespace }] of calls.entries()) {
    const call = {
      type: 'function_call',
      id: `fc_${id}_${index}`,
      call_id: `call_${id}_${index}`,
      name: tool,
      arguments: JSON.stringify(input),
    }
    send('response.output_item.done', { item: { ...call, ...(namespace === undefined ? {} : { namespace }) } })
  }
  if ('text' in step) {
    const content = [{ type: 'output_text', text: step.text, annotations: [] }]
    send('response.output_item.done', { item: { type: 'message', role: 'assistant', id: `msg_${id}`, content } })
  }
  send('response.completed', {
    response: {
      id,
      model,
      status: 'completed',
      usage: {
        input_tokens: usage.input,
        input_tokens_details: { cached_tokens: usage.cached, cache_write_tokens: usage.written },
        output_tokens: usage.output,
        output_tokens_details: { reasoning_tokens: usage.reasoning },
        total_tokens: usage.input + usage.output,
      },
    },
  })
  response.end()
}

/** Starts the stand-in on a free port; the caller stops it. */
export function startResponsesApi(): Promise<ResponsesApi> {
  return new ResponsesServer().listen()
}
