import { constants, statSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { isName } from '@signalbox/contract/printable'
import { readSettings } from '@signalbox/contract/setting'
import { formatValue } from '@signalbox/usage/reported-window'

/** The plan limits as Claude Code last fetched them. */
export interface CachedUsage {
  /** Milliseconds. */
  readonly fetchedAt: number
  readonly account?: string
  /** As `readUtilization` takes it. */
  readonly utilization: unknown
}

/** `none`: a file without plan limits, as Claude Code writes it when there is no plan. */
export type ClaudeFile = (
  | { readonly state: 'missing' | 'none' }
  | { readonly state: 'unreadable'; readonly problem: string }
  | { readonly state: 'found'; readonly usage: CachedUsage }
) & {
  /** The account that Claude Code is signed in with. */
  readonly signedIn?: string
}

/** Bytes searched at a time: the file may hold tens of megabytes of history. */
const CHUNK_BYTES = 1024 * 1024
/** The largest object that is read, its key included. */
const MAX_OBJECT_BYTES = 256 * 1024
/** Larger files are not read: Claude Code did not write them. */
const MAX_FILE_BYTES = 1024 * 1024 * 1024

const usageKey = '"cachedUsageUtilization"'
const accountKey = '"oauthAccount"'

/** The configuration folders of Claude Code: those set by CLAUDE_CONFIG_DIR, else its two defaults. */
export function listClaudeFolders(env: NodeJS.ProcessEnv): string[] {
  const { CLAUDE_CONFIG_DIR: named } = readSettings(env, ['CLAUDE_CONFIG_DIR'])
  const home = os.homedir()
  return named.length > 0 ? named : [path.join(home, '.claude'), path.join(home, '.config', 'claude')]
}

/**
 * The possible paths of Claude Code's own file for a configuration folder. With CLAUDE_CONFIG_DIR set it is in the folder,
 * without it beside `~/.claude`; old versions used `.config.json`. Both places are tried for `.claude`, because the variable
 * may be set for Signalbox only.
 */
export function listClaudeFiles(folder: string): string[] {
  const inside = [path.join(folder, '.claude.json'), path.join(folder, '.config.json')]
  return path.basename(folder) === '.claude' ? [path.join(path.dirname(folder), '.claude.json'), ...inside] : inside
}

/**
 * Reads Claude Code's own file, which has no documented format, may be large, and may be incomplete. It is not parsed:
 * the one relevant object is searched in its bytes, a chunk at a time, so a complete object is found in an incomplete file.
 * If there are several, the newest counts.
 */
export async function readClaudeFile(file: string): Promise<ClaudeFile> {
  let handle: FileHandle
  try {
    // The opening of a FIFO would wait for its writer, in a thread that nothing ends.
    handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    return code === 'ENOENT' || code === 'ENOTDIR'
      ? { state: 'missing' }
      : { state: 'unreadable', problem: `it cannot be opened (${code})` }
  }
  try {
    return await find(handle)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return { state: 'unreadable', problem: `it cannot be read (${code ?? message})` }
  } finally {
    await handle.close()
  }
}

/** Changes whenever the file does. @returns undefined when the file does not exist */
export function readSignature(file: string): string | undefined {
  try {
    const { ino, size, mtimeMs, ctimeMs } = statSync(file)
    return [ino, size, mtimeMs, ctimeMs].join(' ')
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : 'unknown'
  }
}

async function find(handle: FileHandle): Promise<ClaudeFile> {
  const stat = await handle.stat()
  if (!stat.isFile()) return { state: 'unreadable', problem: 'it is not a file' }
  if (stat.size > MAX_FILE_BYTES) return { state: 'unreadable', problem: `it is too large (${stat.size} bytes)` }
  let best: ClaudeFile = { state: 'none' }
  let signedIn: string | undefined
  const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, stat.size + 1))
  // Chunks overlap, because a key may lie across the end of one.
  for (let from = 0; ; from += chunk.length - usageKey.length) {
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, from)
    const text = chunk.subarray(0, bytesRead)
    for (const end of findKeyEnds(text, usageKey)) best = pickNewer(best, parseUsage(await readValueAt(handle, from + end)))
    for (const end of findKeyEnds(text, accountKey)) signedIn ??= parseAccount(await readValueAt(handle, from + end))
    if (bytesRead < chunk.length) return { ...best, ...(signedIn === undefined ? {} : { signedIn }) }
  }
}

function* findKeyEnds(text: Buffer, key: string): Generator<number> {
  for (let at = text.indexOf(key); at >= 0; at = text.indexOf(key, at + key.length)) yield at + key.length
}

function pickNewer(one: ClaudeFile, other: ClaudeFile): ClaudeFile {
  if (other.state === 'none') return one
  if (one.state !== 'found') return other
  return other.state === 'found' && other.usage.fetchedAt > one.usage.fetchedAt ? other : one
}

type ParsedObject = { readonly value: unknown } | { readonly problem: string } | undefined

/**
 * The object that follows a key. Inside a string the key's quotes would be escaped, so a match is a key or a string value;
 * a string value is not followed by a colon.
 * @returns undefined for null and for a string value
 */
async function readValueAt(handle: FileHandle, from: number): Promise<ParsedObject> {
  const bytes = Buffer.allocUnsafe(MAX_OBJECT_BYTES)
  const { bytesRead } = await handle.read(bytes, 0, MAX_OBJECT_BYTES, from)
  const text = bytes.toString('utf8', 0, bytesRead)
  const colon = /^\s*:\s*/.exec(text)
  if (colon === null) return undefined
  const rest = text.slice(colon[0].length)
  if (rest.startsWith('null')) return undefined
  if (!rest.startsWith('{')) return { problem: `should be an object, and is ${formatValue(rest.slice(0, 20))}` }
  const end = findObjectEnd(rest)
  if (end === undefined) return { problem: 'has no end: it is incomplete, or too large' }
  try {
    return { value: JSON.parse(rest.slice(0, end)) }
  } catch {
    return { problem: 'is not JSON' }
  }
}

/** The index after the brace that closes the first one. */
function findObjectEnd(text: string): number | undefined {
  let depth = 0
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}]/gs)) {
    if (token === '{') depth++
    if (token === '}' && --depth === 0) return index + 1
  }
  return undefined
}

function parseUsage(entry: ParsedObject): ClaudeFile {
  if (entry === undefined) return { state: 'none' }
  if ('problem' in entry) return { state: 'unreadable', problem: `cachedUsageUtilization ${entry.problem}` }
  const { fetchedAtMs, utilization } = entry.value as { readonly fetchedAtMs?: unknown; readonly utilization?: unknown }
  if (typeof fetchedAtMs !== 'number' || !(fetchedAtMs > 0) || Number.isNaN(new Date(fetchedAtMs).getTime()))
    return { state: 'unreadable', problem: `fetchedAtMs should be milliseconds, and is ${formatValue(fetchedAtMs)}` }
  if (utilization === undefined || utilization === null) return { state: 'none' }
  const account = parseAccount(entry)
  return { state: 'found', usage: { fetchedAt: Math.floor(fetchedAtMs), ...(account === undefined ? {} : { account }), utilization } }
}

function parseAccount(entry: ParsedObject): string | undefined {
  if (entry === undefined || 'problem' in entry) return undefined
  const { accountUuid: account } = entry.value as { readonly accountUuid?: unknown }
  const isValid = typeof account === 'string' && account !== '' && account.length <= 200 && isName(account)
  return isValid ? account : undefined
}
