import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Call } from '@signalbox/contract/call'
import { ESTIMATED, isCall, NOT_ITEMISED } from '@signalbox/usage/call'
import { onTestFinished } from 'vitest'
import { tempFolder } from '../../../test/support/temp.ts'
import { type Ledger, type LedgerOptions, openLedger } from './ledger.ts'
import type { RefreshOptions, RefreshSummary } from './refresh.ts'
import { placeColumns } from './store/labels.ts'
import { openStore } from './store/open-store.ts'

/** A ledger in a folder of its own, and a folder of transcripts for it; for tests. */
export interface LedgerFixture {
  readonly folder: string
  readonly root: string
  readonly dataDir: string
  readonly ledger: Ledger
  /** The absolute path of a transcript. */
  place(name: string): string
  write(name: string, content: string | Buffer): void
  append(name: string, content: string | Buffer): void
  refresh(options?: Partial<RefreshOptions>): Promise<RefreshSummary>
  /** Closes the ledger and opens it again. */
  reopen(options?: Partial<LedgerOptions>): Ledger
  /** All calls of the ledger. */
  calls(): Call[]
  /** The records that are no calls themselves. */
  records(): Call[]
  content(): LedgerContent
}

export function ledgerFixture(options: Partial<LedgerOptions> = {}): LedgerFixture {
  const folder = tempFolder()
  const root = path.join(folder, 'projects')
  const dataDir = path.join(folder, 'data')
  mkdirSync(root)
  let ledger = openLedger({ dataDir, ...options })
  onTestFinished(() => ledger.close())
  const place = (name: string) => path.join(root, name)
  const into = (put: (file: string, content: string | Buffer) => void) => (name: string, content: string | Buffer) => {
    mkdirSync(path.dirname(place(name)), { recursive: true })
    put(place(name), content)
  }
  return {
    folder,
    root,
    dataDir,
    get ledger() {
      return ledger
    },
    place,
    write: into(writeFileSync),
    append: into(appendFileSync),
    refresh: (request) => ledger.refresh({ roots: [root], ...request }),
    reopen(other) {
      ledger.close()
      ledger = openLedger({ dataDir, ...options, ...other })
      return ledger
    },
    calls: () => readAllCalls(ledger).filter(({ source }) => isCall(source)),
    records: () => readAllCalls(ledger).filter(({ source }) => !isCall(source)),
    content: () => readContent(dataDir),
  }
}

/** All calls, and the records that are none. */
export function readAllCalls(ledger: Ledger): Call[] {
  return ledger.outbox.next(Number.MAX_SAFE_INTEGER)?.calls ?? []
}

export interface CallLine {
  readonly id?: string
  readonly request?: string
  readonly at?: string
  readonly model?: string
  readonly session?: string
  readonly cwd?: string
  readonly branch?: string
  readonly sidechain?: boolean
  readonly input?: number
  readonly output?: number
  readonly write5m?: number
  readonly write1h?: number
  readonly read?: number
  readonly text?: string
}

/** A line of a call as Claude Code writes it, without its newline. */
export function callLine(call: CallLine = {}): string {
  return JSON.stringify({
    parentUuid: 'p',
    isSidechain: call.sidechain ?? false,
    cwd: call.cwd ?? '/home/dev/project',
    sessionId: call.session ?? 'session-1',
    version: '2.1.33',
    gitBranch: call.branch ?? 'main',
    message: {
      model: call.model ?? 'claude-opus-4-5-20251101',
      id: call.id ?? 'msg_1',
      content: [{ type: 'text', text: call.text ?? 'words' }],
      usage: {
        input_tokens: call.input ?? 3,
        cache_creation: { ephemeral_5m_input_tokens: call.write5m ?? 0, ephemeral_1h_input_tokens: call.write1h ?? 0 },
        cache_read_input_tokens: call.read ?? 100,
        output_tokens: call.output ?? 10,
      },
    },
    requestId: call.request ?? 'req_1',
    type: 'assistant',
    uuid: 'u',
    timestamp: call.at ?? '2026-01-06T13:32:11.716Z',
  })
}

/** Lines, each with its newline. */
export function lines(...texts: string[]): string {
  return texts.map((text) => `${text}\n`).join('')
}

/** The content of a ledger, without the ids that depend on the order of inserts. */
export interface LedgerContent {
  readonly calls: unknown[]
  readonly slices: unknown[]
  readonly files: unknown[]
}

const PLACE = placeColumns.map((column) => `p.${column}`).join(', ')

export function readContent(dataDir: string): LedgerContent {
  const db = openStore(path.join(dataDir, 'ledger.db'))
  try {
    const all = (sql: string) => db.prepare(sql).all()
    return {
      calls:
        all(`SELECT c.key, c.at, c.input, c.output, c.write_5m, c.write_1h, c.read, c.web_searches, c.request_id, c.prompt, c.unfinished, c.odd, ${PLACE}, o.version, o.agent_id, o.is_sidechain
        FROM calls c JOIN places p ON p.id = c.place JOIN origins o ON o.id = c.origin
        WHERE p.source NOT IN ('${NOT_ITEMISED}', '${ESTIMATED}') ORDER BY c.key`),
      slices:
        all(`SELECT s.quarter, s.band, s.calls, s.input, s.output, s.write_5m, s.write_1h, s.read, s.web_searches, s.unfinished, s.odd,
          s.open_calls, s.open_output, s.open_text, s.open_tool, s.open_thinking, s.first_at, s.last_at, ${PLACE}
        FROM slices s JOIN places p ON p.id = s.place ORDER BY s.quarter, s.band, ${PLACE}`),
      files: all('SELECT path, size, mtime, offset, fingerprint, bad_lines FROM files ORDER BY path'),
    }
  } finally {
    db.close()
  }
}

const PROMPT = 'coalesce(c.prompt, c.input + c.write_5m + c.write_1h + c.read)'

/** Whether the output of a call has to be estimated. */
const OPEN = '(c.unfinished IS 1 AND c.output <= 40 AND c.text_bytes IS NOT NULL)'

/** The expected slices, summed from the calls by SQLite and cut at the thresholds of the shipped price table. */
export function slicesFromCalls(dataDir: string): unknown[] {
  const db = openStore(path.join(dataDir, 'ledger.db'))
  try {
    return db
      .prepare(
        `SELECT c.at / 900000 AS quarter, (${PROMPT} > 100000) + (${PROMPT} > 200000) AS band,
           count(*) AS calls, sum(c.input) AS input, sum(c.output) AS output, sum(c.write_5m) AS write_5m, sum(c.write_1h) AS write_1h,
           sum(c.read) AS read, sum(coalesce(c.web_searches, 0)) AS web_searches,
           sum(coalesce(c.unfinished, 0)) AS unfinished, sum(coalesce(c.odd, 0)) AS odd,
           sum(${OPEN}) AS open_calls, sum(${OPEN} * c.output) AS open_output, sum(iif(${OPEN}, c.text_bytes, 0)) AS open_text,
           sum(iif(${OPEN}, c.tool_bytes, 0)) AS open_tool, sum(iif(${OPEN}, c.thinking_bytes, 0)) AS open_thinking, min(c.at) AS first_at, max(c.at) AS last_at, ${PLACE}
         FROM calls c JOIN places p ON p.id = c.place GROUP BY quarter, band, c.place ORDER BY quarter, band, ${PLACE}`,
      )
      .all()
  } finally {
    db.close()
  }
}
