import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'

// Rows of rollouts as versions of Codex write them; test/codex holds them to the real client.

/** Input, cached and output tokens of one response. */
export type Tokens = readonly [input: number, cached: number, output: number]

/** A UUID of version 7 of a second of 2026-11-30, as Codex names threads and turns. */
export function idAt(second: number, which = 0): string {
  const ms = timeAt(second).toString(16).padStart(12, '0')
  return `${ms.slice(0, 8)}-${ms.slice(8)}-7000-8000-${String(which).padStart(12, '0')}`
}

/** Writes the rows of one rollout, one after the other. */
export class Rollout {
  readonly rows: object[] = []
  /** The second of 2026-11-30 of the next rows. */
  second: number
  readonly #total = [0, 0, 0]

  constructor(second: number) {
    this.second = second
  }

  /** The first row of a thread. */
  thread(id: string, more: object = {}, created = this.second): this {
    const thread = { id, timestamp: textAt(created), cwd: '/work/shop', cli_version: '0.125.0', source: 'cli', git: { branch: 'main' } }
    return this.row('session_meta', { ...thread, ...more })
  }

  turn(id: string | undefined, model?: string): this {
    if (id !== undefined) this.event('task_started', { turn_id: id })
    return model === undefined ? this : this.row('turn_context', { ...(id === undefined ? {} : { turn_id: id }), cwd: '/work/shop', model })
  }

  /** A response in the rows of versions without a row for each response. */
  answer(tokens: Tokens): this {
    return this.said().count(tokens)
  }

  /** An item of the model. */
  said(): this {
    return this.row('response_item', { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'It is done.' }] })
  }

  /** The row with the totals, after a response. */
  count(tokens: Tokens): this {
    for (const [index, count] of tokens.entries()) this.#total[index]! += count
    return this.repeat(tokens)
  }

  /** The row with the totals, unchanged. */
  repeat(tokens: Tokens): this {
    const info = { total_token_usage: usage(this.#total as unknown as Tokens), last_token_usage: usage(tokens) }
    return this.event('token_count', { info, rate_limits: null })
  }

  /** The first row with totals of a process of an old version, which then begin at 0. */
  restart(): this {
    this.#total.fill(0)
    return this.event('token_count', { info: null, rate_limits: null })
  }

  /** Begins with totals that are not in this rollout. */
  carry(tokens: Tokens): this {
    for (const [index, count] of tokens.entries()) this.#total[index] = count
    return this
  }

  /** A response in the rows of newer versions. */
  recorded(turn: string, response: string, tokens: Tokens): this {
    this.row('token_usage_record', { turn_id: turn, response_id: response, usage: usage(tokens), thread_token_usage: usage(tokens) })
    return this.count(tokens)
  }

  event(type: string, payload: object): this {
    return this.row('event_msg', { type, ...payload })
  }

  row(type: string, payload: object): this {
    this.rows.push({ timestamp: textAt(this.second), type, payload })
    return this
  }

  /** The rows of another rollout as a fork has them: with the time of the copy. */
  copyOf(other: Rollout, keep: (row: { type?: string }) => boolean = () => true): this {
    this.rows.push(...other.rows.filter(keep).map((row) => ({ ...row, timestamp: textAt(this.second) })))
    this.carry(other.#total as unknown as Tokens)
    return this
  }

  text(): string {
    return this.rows.map((row) => `${JSON.stringify(row)}\n`).join('')
  }

  /** Writes it below a folder of Codex. @returns the file */
  write(home: string, id: string, kind = 'rollout'): string {
    const folder = path.join(home, 'sessions/2026/11/30')
    mkdirSync(folder, { recursive: true })
    const file = path.join(folder, `${kind}-2026-11-30T10-00-00-${id}.jsonl`)
    writeFileSync(file, this.text())
    return file
  }
}

function usage([input_tokens, cached_input_tokens, output_tokens]: Tokens): object {
  return { input_tokens, cached_input_tokens, output_tokens, reasoning_output_tokens: 0, total_tokens: input_tokens + output_tokens }
}

function timeAt(second: number): number {
  return Date.UTC(2026, 10, 30, 10) + second * 1000
}

function textAt(second: number): string {
  return new Date(timeAt(second)).toISOString()
}
