import { type FileHandle, open } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { readSettings } from '@signalbox/contract/setting'
import { shown } from '@signalbox/usage/said-window'

/** What Claude Code was last told of the plan. */
export interface CachedUsage {
  /** Milliseconds. */
  readonly fetchedAt: number
  readonly account?: string
  /** As `readUtilization` takes it. */
  readonly utilization: unknown
}

/** `none`: a file that says nothing of a plan, as it is without one. */
export type ClaudeFile = (
  | { readonly state: 'missing' | 'none' }
  | { readonly state: 'unreadable'; readonly problem: string }
  | { readonly state: 'found'; readonly usage: CachedUsage }
) & {
  /** The account that Claude Code is signed in with. */
  readonly signedIn?: string
}

/** Bytes looked through at a time: the file may hold tens of megabytes of history. */
const PIECE = 1024 * 1024
/** Bytes of what we look for, its key included. */
const LARGEST = 256 * 1024
/** Bytes after which a file is no file of Claude Code's. */
const END = 1024 * 1024 * 1024

const usageKey = '"cachedUsageUtilization"'
const accountKey = '"oauthAccount"'

/** The folders in which Claude Code keeps its files: those that were named, else its usual two. */
export function claudeFolders(env: NodeJS.ProcessEnv): string[] {
  const { CLAUDE_CONFIG_DIR: named } = readSettings(env, ['CLAUDE_CONFIG_DIR'])
  const home = os.homedir()
  return named.length > 0 ? named : [path.join(home, '.claude'), path.join(home, '.config', 'claude')]
}

/**
 * Where Claude Code, with this folder for its files, may keep its own one. With CLAUDE_CONFIG_DIR set that is in the folder,
 * without it beside `~/.claude`; old versions had `.config.json`. Who named `.claude` to us may not have named it to Claude Code.
 */
export function claudeFilesOf(folder: string): string[] {
  const inside = [path.join(folder, '.claude.json'), path.join(folder, '.config.json')]
  return path.basename(folder) === '.claude' ? [path.join(path.dirname(folder), '.claude.json'), ...inside] : inside
}

/**
 * Reads Claude Code's own file, which has no promised shape, may be large, and may be half written. It is not parsed:
 * the one object we want is looked for in its bytes, a piece at a time, and an object that is whole counts although the
 * file is not. Where it stands several times the newest counts.
 */
export async function readClaudeFile(file: string): Promise<ClaudeFile> {
  let handle: FileHandle
  try {
    handle = await open(file, 'r')
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

async function find(handle: FileHandle): Promise<ClaudeFile> {
  const stat = await handle.stat()
  if (!stat.isFile()) return { state: 'unreadable', problem: 'it is no file' }
  if (stat.size > END) return { state: 'unreadable', problem: `it is too large (${stat.size} bytes)` }
  let best: ClaudeFile = { state: 'none' }
  let signedIn: string | undefined
  const piece = Buffer.allocUnsafe(Math.min(PIECE, stat.size + 1))
  // A key may lie across the end of a piece.
  for (let from = 0; ; from += piece.length - usageKey.length) {
    const { bytesRead } = await handle.read(piece, 0, piece.length, from)
    const text = piece.subarray(0, bytesRead)
    for (const after of ends(text, usageKey)) best = better(best, usageOf(await entryAt(handle, from + after)))
    for (const after of ends(text, accountKey)) signedIn ??= accountOf(await entryAt(handle, from + after))
    if (bytesRead < piece.length) return { ...best, ...(signedIn === undefined ? {} : { signedIn }) }
  }
}

function* ends(text: Buffer, key: string): Generator<number> {
  for (let at = text.indexOf(key); at >= 0; at = text.indexOf(key, at + key.length)) yield at + key.length
}

function better(one: ClaudeFile, other: ClaudeFile): ClaudeFile {
  if (other.state === 'none') return one
  if (one.state !== 'found') return other
  return other.state === 'found' && other.usage.fetchedAt > one.usage.fetchedAt ? other : one
}

type Entry = { readonly value: unknown } | { readonly problem: string } | undefined

/**
 * What stands after a key, where that is an object. Inside a string the key would have other quotes, so what has the key is
 * an entry, or a value that is no entry.
 */
async function entryAt(handle: FileHandle, from: number): Promise<Entry> {
  const bytes = Buffer.allocUnsafe(LARGEST)
  const { bytesRead } = await handle.read(bytes, 0, LARGEST, from)
  const text = bytes.toString('utf8', 0, bytesRead)
  const colon = /^\s*:\s*/.exec(text)
  if (colon === null) return undefined
  const rest = text.slice(colon[0].length)
  if (rest.startsWith('null')) return undefined
  if (!rest.startsWith('{')) return { problem: `should be an object, and is ${shown(rest.slice(0, 20))}` }
  const end = endOfObject(rest)
  if (end === undefined) return { problem: 'has no end: it is half written, or too large' }
  try {
    return { value: JSON.parse(rest.slice(0, end)) }
  } catch {
    return { problem: 'is no JSON' }
  }
}

/** Behind the brace that closes the first one. */
function endOfObject(text: string): number | undefined {
  let depth = 0
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}]/gs)) {
    if (token === '{') depth++
    if (token === '}' && --depth === 0) return index + 1
  }
  return undefined
}

function usageOf(entry: Entry): ClaudeFile {
  if (entry === undefined) return { state: 'none' }
  if ('problem' in entry) return { state: 'unreadable', problem: `cachedUsageUtilization ${entry.problem}` }
  const { fetchedAtMs, utilization } = entry.value as { readonly fetchedAtMs?: unknown; readonly utilization?: unknown }
  if (typeof fetchedAtMs !== 'number' || !(fetchedAtMs > 0) || Number.isNaN(new Date(fetchedAtMs).getTime()))
    return { state: 'unreadable', problem: `fetchedAtMs should be milliseconds, and is ${shown(fetchedAtMs)}` }
  if (utilization === undefined || utilization === null) return { state: 'none' }
  const account = accountOf(entry)
  return { state: 'found', usage: { fetchedAt: Math.floor(fetchedAtMs), ...(account === undefined ? {} : { account }), utilization } }
}

function accountOf(entry: Entry): string | undefined {
  if (entry === undefined || 'problem' in entry) return undefined
  const { accountUuid: account } = entry.value as { readonly accountUuid?: unknown }
  const named = typeof account === 'string' && account !== '' && account.length <= 200 && !/\p{Cc}/u.test(account) && account.isWellFormed()
  return named ? account : undefined
}
