import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import path from 'node:path'
import type { LedgerStore } from './store/ledger-store.ts'

/** Claude Code writes titles when they change and again at the end of a session, so the ends of a transcript have them. */
const END_BYTES = 64 * 1024
/** Summaries of other sessions are the first rows of a transcript. */
const SUMMARY_BYTES = 16 * 1024
const MAX_TITLE_LENGTH = 200

/** The rows that have a title, the best last: what Claude Code made of the conversation, then what a person called it. */
const titleFields = { 'ai-title': 'aiTitle', 'agent-name': 'agentName', 'custom-title': 'customTitle' } as const
type TitleType = keyof typeof titleFields

/**
 * Reads the titles of sessions from their transcripts, as far as these still exist. A title may be made of what was said, so it is
 * read when it is shown, and neither stored nor sent.
 */
export function readSessionTitles(store: LedgerStore, sessions: readonly string[]): Map<string, string> {
  const wanted = new Set(sessions)
  const files = store.db.prepare<[], string>('SELECT path FROM files').pluck().all()
  const titles = new Map<string, string>()
  const untitled = new Map<string, string>()
  for (const file of files) {
    const session = path.basename(file, '.jsonl')
    if (!wanted.has(session)) continue
    const title = findTitle(readEnds(file), session)
    if (title === undefined) untitled.set(file, session)
    else titles.set(session, title)
  }
  for (const [file, title] of findSummaries([...untitled.keys()], files)) titles.set(untitled.get(file)!, title)
  return titles
}

function findTitle(ends: readonly Buffer[], session: string): string | undefined {
  const found: Partial<Record<TitleType, string>> = {}
  for (const line of ends.flatMap(titleLines)) {
    const row = parseRow(line)
    const type = row?.type as TitleType
    const title = textOf(row?.[titleFields[type]])
    // A fork has the rows of its original, with its own id.
    if (title !== undefined && row?.sessionId === session) found[type] = title
  }
  return found['custom-title'] ?? found['agent-name'] ?? found['ai-title']
}

/** The lines that begin as those with a title do; of thousands of transcripts only these become texts. */
function titleLines(bytes: Buffer): string[] {
  const lines: string[] = []
  for (let start = 0; start < bytes.length; ) {
    const next = bytes.indexOf(LINE_END, start)
    const end = next === -1 ? bytes.length : next
    if (beginsWithTitle(bytes, start)) lines.push(bytes.toString('utf8', start, end))
    start = end + 1
  }
  return lines
}
const LINE_END = 0x0a
const titleMarks = Object.keys(titleFields).map((type) => Buffer.from(`{"type":"${type}"`))
/** The first two letters of a type: no other row that is frequent has those of a title. */
const LETTERS_AT = '{"type":"'.length
const letters = new Set(titleMarks.map((mark) => mark.readUInt16BE(LETTERS_AT)))

function beginsWithTitle(bytes: Buffer, start: number): boolean {
  if (bytes.length - start < LETTERS_AT + 2 || !letters.has((bytes[start + LETTERS_AT]! << 8) | bytes[start + LETTERS_AT + 1]!))
    return false
  return titleMarks.some((mark) => bytes.subarray(start, start + mark.length).equals(mark))
}

/**
 * Earlier versions wrote the summary of a session into the transcript of a later one of its folder, with the id of its last row.
 * @returns the newest summary of each file that has one
 */
function findSummaries(wanted: readonly string[], files: readonly string[]): Map<string, string> {
  const folders = new Set(wanted.map((file) => path.dirname(file)))
  const summaries = Map.groupBy(files.filter((file) => folders.has(path.dirname(file))).flatMap(readSummaries), ({ folder }) => folder)
  const found = new Map<string, string>()
  for (const file of wanted) {
    const its = summaries.get(path.dirname(file))
    if (its === undefined) continue
    const [end = Buffer.alloc(0)] = readEnds(file).slice(-1)
    const placed = its.map(({ leaf, title }) => ({ title, at: end.lastIndexOf(`"uuid":"${leaf}"`) })).filter(({ at }) => at !== -1)
    const newest = placed.sort((a, b) => b.at - a.at)[0]
    if (newest !== undefined) found.set(file, newest.title)
  }
  return found
}

function readSummaries(file: string): { folder: string; leaf: string; title: string }[] {
  const [begin] = read(file, () => [[0, SUMMARY_MARK.length]])
  if (begin?.equals(SUMMARY_MARK) !== true) return []
  const [text] = read(file, (size) => [[0, Math.min(SUMMARY_BYTES, size)]])
  return (text?.toString('utf8') ?? '').split('\n').flatMap((line) => {
    const row = line.startsWith(SUMMARY_MARK.toString()) ? parseRow(line) : undefined
    const [leaf, title] = [textOf(row?.leafUuid), textOf(row?.summary)]
    return leaf === undefined || title === undefined ? [] : [{ folder: path.dirname(file), leaf, title }]
  })
}
const SUMMARY_MARK = Buffer.from('{"type":"summary"')

/** Both ends of a file, or the whole of a short one; valid until the next read. */
function readEnds(file: string): Buffer[] {
  return read(file, (size) =>
    size <= 2 * END_BYTES
      ? [[0, size]]
      : [
          [0, END_BYTES],
          [size - END_BYTES, size],
        ],
  )
}

/** Of thousands of files, so that none needs memory of its own. */
const scratch = Buffer.alloc(2 * END_BYTES)

function read(file: string, rangesOf: (size: number) => (readonly [from: number, to: number])[]): Buffer[] {
  let descriptor: number | undefined
  try {
    const opened = openSync(file, 'r')
    descriptor = opened
    let used = 0
    return rangesOf(fstatSync(opened).size).map(([from, to]) => {
      const length = readSync(opened, scratch, used, to - from, from)
      used += length
      return scratch.subarray(used - length, used)
    })
  } catch {
    // It was deleted since, or cannot be read: then it has no title.
    return []
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}

function parseRow(line: string): Record<string, unknown> | undefined {
  try {
    const row: unknown = JSON.parse(line)
    return typeof row === 'object' && row !== null ? (row as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function textOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  const text = value.replace(/\s+/g, ' ').trim().slice(0, MAX_TITLE_LENGTH).toWellFormed()
  return text === '' ? undefined : text
}
