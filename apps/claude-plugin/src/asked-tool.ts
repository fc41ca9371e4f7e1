import fs from 'node:fs'
import path from 'node:path'
import { fingerprint } from './observe-hook.ts'

/** The call that a prompt is about stands near the end of the transcript. */
const MAX_LOOK_BACK = 4_000_000

export interface AskedCall {
  readonly transcript: string
  readonly tool: string
  /** The fingerprint of its input. */
  readonly input: string
}

/** The client completes the input of these calls before it asks; a session has one such prompt at a time. */
const COMPLETED_INPUTS: readonly (string | undefined)[] = ['ExitPlanMode', 'EnterPlanMode']

/** The rows that say what happened. */
const CONVERSATION: readonly string[] = ['user', 'assistant', 'attachment']

/** What a transcript says of a call. `unknown`: the call is not written yet. */
export type CallState = 'unknown' | 'pending' | 'ended'

/** The transcript in which the client writes what the event is about: that of the subagent, where one asks. */
export function transcriptOf(event: Readonly<Record<string, unknown>>): string | undefined {
  const { transcript_path: main, agent_id: agent } = event
  if (typeof main !== 'string') return undefined
  if (typeof agent !== 'string' || !/^[\w-]+$/.test(agent)) return main
  return path.join(main.replace(/\.jsonl$/, ''), 'subagents', `agent-${agent}.jsonl`)
}

/** Follows a transcript to the end of the call that a session asks about. Events name no call, so it is known by its tool and input. */
export class AskedTool {
  readonly #call: AskedCall
  readonly #isOver: boolean
  #offset: number | undefined
  #rest = Buffer.alloc(0)
  readonly #open = new Set<string>()
  readonly #known = new Set<string>()
  #hasResult = false
  /** Whether the client has written that a hook decided a call like this one. */
  decidedByHook: 'allow' | 'deny' | undefined

  /** @param options.isOver the prompt has been answered: what the transcript has already is about it, not about a call like it before */
  constructor(call: AskedCall, { isOver }: { readonly isOver: boolean }) {
    this.#call = call
    this.#isOver = isOver
  }

  get state(): CallState {
    if (this.#open.size > 0) return 'pending'
    return this.#hasResult ? 'ended' : 'unknown'
  }

  /** Reads what was added. A file that is not there yet says nothing. */
  read(): CallState {
    const isFirst = this.#offset === undefined
    for (const line of this.#newLines()) this.#take(line)
    if (isFirst && !this.#isOver) this.#forget()
    return this.state
  }

  /** The same command was run before: what became of that says nothing of this prompt. */
  #forget(): void {
    this.#hasResult = false
    this.decidedByHook = undefined
  }

  #take(line: string): void {
    if (!line.includes('"tool_use"') && !line.includes('"tool_result"') && !line.includes('"hook_permission_decision"')) return
    let row: Row
    try {
      row = JSON.parse(line) as Row
    } catch {
      return
    }
    // What a request repeats (`api-request-blob`) may be written before the rows that it repeats, and before who decided.
    if (row.type !== undefined && !CONVERSATION.includes(row.type)) return
    const { attachment } = row
    if (attachment?.type === 'hook_permission_decision' && this.#known.has(attachment.toolUseID ?? '')) {
      this.decidedByHook = attachment.decision === 'deny' ? 'deny' : 'allow'
    }
    const content = row.message?.content
    for (const block of Array.isArray(content) ? content : []) {
      if (block.type === 'tool_use' && block.id !== undefined && this.#isAsked(block)) {
        if (!this.#known.has(block.id)) this.#forget()
        this.#open.add(block.id)
        this.#known.add(block.id)
      }
      if (block.type === 'tool_result' && this.#open.delete(block.tool_use_id ?? '')) this.#hasResult = true
    }
  }

  #isAsked({ name, input }: Block): boolean {
    return name === this.#call.tool && (COMPLETED_INPUTS.includes(name) || fingerprint(input) === this.#call.input)
  }

  #newLines(): string[] {
    let handle: number | undefined
    try {
      handle = fs.openSync(this.#call.transcript, 'r')
      const { size } = fs.fstatSync(handle)
      const from = this.#offset ?? Math.max(0, size - MAX_LOOK_BACK)
      if (size <= from) return []
      const bytes = Buffer.alloc(size - from)
      const length = fs.readSync(handle, bytes, 0, bytes.length, from)
      this.#offset = from + length
      const all = Buffer.concat([this.#rest, bytes.subarray(0, length)])
      const end = all.lastIndexOf(10) + 1
      this.#rest = all.subarray(end)
      return all.subarray(0, end).toString('utf8').split('\n')
    } catch {
      return []
    } finally {
      if (handle !== undefined) fs.closeSync(handle)
    }
  }
}

interface Row {
  readonly type?: string
  readonly message?: { readonly content?: readonly Block[] | string }
  readonly attachment?: { readonly type?: string; readonly decision?: string; readonly toolUseID?: string }
}

interface Block {
  readonly type: string
  readonly id?: string
  readonly name?: string
  readonly input?: unknown
  readonly tool_use_id?: string
}
