import type { Subagent } from '@signalbox/contract/claude-session'
import { readRegularFile } from '@signalbox/hub-address/regular-file'
import { shortText } from './process-file.ts'
import { TranscriptTail } from './transcript-tail.ts'

const SUBAGENT_FILE = /[\\/]([0-9a-f-]{36})[\\/]subagents[\\/](?:.*[\\/])?agent-([\w-]{1,90})\.jsonl$/i

const MAX_META_BYTES = 1_000_000

/** The session and the id of a subagent, from the path of its transcript; undefined for another file. */
export function parseSubagentPath(file: string): { readonly session: string; readonly agentId: string } | undefined {
  const [, session, agentId] = SUBAGENT_FILE.exec(file) ?? []
  return session === undefined || agentId === undefined ? undefined : { session: session.toLowerCase(), agentId }
}

/** The transcript of one subagent. */
export class SubagentTranscript {
  readonly agentId: string
  readonly #file: string
  readonly #tail: TranscriptTail
  #type: string | undefined
  #startedAt: number | undefined
  #endedAt: number | undefined

  constructor(file: string, agentId: string) {
    this.agentId = agentId
    this.#file = file
    this.#tail = new TranscriptTail(file)
  }

  get isRunning(): boolean {
    return this.#startedAt !== undefined && this.#endedAt === undefined
  }

  /** In milliseconds since 1970; undefined before its first row. */
  get startedAt(): number | undefined {
    return this.#startedAt
  }

  describe(): Subagent {
    this.#type ??= this.#readType()
    return {
      agent_id: this.agentId,
      ...(this.#type === undefined ? {} : { agent_type: this.#type }),
      ...(this.#startedAt === undefined ? {} : { started_at: new Date(this.#startedAt).toISOString() }),
      ...(this.#endedAt === undefined ? {} : { ended_at: new Date(this.#endedAt).toISOString() }),
    }
  }

  /** Reads new rows. @returns whether the subagent has started or ended */
  read(): boolean {
    const wasRunning = this.isRunning
    const endedBefore = this.#endedAt
    this.#tail.read((line) => this.#readLine(line))
    return this.isRunning !== wasRunning || (endedBefore === undefined && this.#endedAt !== undefined)
  }

  /** Its result was seen elsewhere. @returns whether it was running */
  end(at: number): boolean {
    if (!this.isRunning) return false
    this.#endedAt = at
    return true
  }

  #readLine(line: Buffer): void {
    // The subagent's own rows need no more than these few words, whatever else they contain.
    const text = line.toString('utf8')
    const [, type] = /"type":"(user|assistant)","uuid"/.exec(text) ?? /"type":"(user|assistant)"[,}]/.exec(text) ?? []
    const [, time] = /"timestamp":"([^"]{20,30})"/.exec(text.slice(-4_000)) ?? []
    const at = Date.parse(time ?? '')
    if (type === undefined || Number.isNaN(at)) return
    this.#startedAt ??= at
    const isOver = text.includes('"stop_reason":"end_turn"') || text.includes('"text":"[Request interrupted by user')
    this.#endedAt = isOver ? (this.#endedAt ?? at) : undefined
    if (this.#startedAt > at) this.#startedAt = at
  }

  #readType(): string | undefined {
    try {
      const { text } = readRegularFile(this.#file.replace(/\.jsonl$/, '.meta.json'), MAX_META_BYTES)
      const { agentType } = JSON.parse(text) as { agentType?: unknown }
      return shortText(agentType, 100)
    } catch {
      return undefined
    }
  }
}
