import path from 'node:path'
import { readSettings } from '@signalbox/contract/setting'
import { SPOOLED, STATUS_LINE_SPOOL } from '@signalbox/contract/status-line'
import { type LimitSnapshot, type PlanWindow, windowKey } from '@signalbox/usage/limit-snapshot'
import { mayReplace, winningWindows } from '@signalbox/usage/limit-winner'
import { readStatusLine } from '@signalbox/usage/status-line'
import { claudeFilesOf, claudeFolders, readClaudeFile } from './claude-file.ts'
import type { ReadOutcome, Source, SourceContext } from './source.ts'
import { MOST, type Spooled, spooledIn } from './spool.ts'
import { type WatchPace, watchFiles } from './watch-files.ts'

const next = 'reads when Claude Code shows its status line'
/** Milliseconds for which the account of a folder is not looked up again. */
const ACCOUNT_KNOWN = 60_000

/** What Claude Code tells a status line command, where ours is set up. */
export const statusline: Source = { name: 'statusline', start: (context, signal) => readStatusLines(context, signal) }

/** A window, when it was said, and whether a status line said it. */
interface Known {
  readonly window: PlanWindow
  readonly at: number
  readonly ours: boolean
}

/** @param pace for tests */
export function readStatusLines(context: SourceContext, signal: AbortSignal, pace?: Partial<WatchPace>) {
  const spool = path.join(readSettings(context.env, ['DATA_DIR']).DATA_DIR, STATUS_LINE_SPOOL)
  const accountOf = accounts(context)
  let last = 'nothing yet'

  const look = async (asked: boolean): Promise<ReadOutcome> => {
    let taken = spooledIn(spool, context.clock.now())
    if (taken === undefined) {
      const message = 'the status line is not set up: signalbox statusline install'
      if (last !== message) context.report({ state: 'waiting', did: message, next })
      last = message
      return { ok: false, message }
    }
    if (taken.length === 0) {
      if (last === 'nothing yet') context.report({ state: 'waiting', did: 'found nothing new', next })
      last = last === 'nothing yet' ? 'found nothing new' : last
      return asked ? { ok: false, message: 'Claude Code has shown no status line since the last reading' } : { ok: true }
    }
    const sum = { lines: 0, windows: 0, put: 0, refused: [] as string[] }
    while (taken !== undefined && taken.length > 0) {
      await takeIn(taken, accountOf, context, sum)
      for (const { remove } of taken) remove()
      sum.lines += taken.length
      taken = taken.length < MOST ? [] : spooledIn(spool, context.clock.now())
    }
    const { lines, windows, put, refused } = sum
    last = `took ${lines} status ${lines === 1 ? 'line' : 'lines'}, ${put === 0 ? 'nothing new' : 'a new reading'}`
    const [reason] = refused
    const failing = windows === 0 && reason !== undefined
    context.report({
      state: failing ? 'failing' : windows === 0 ? 'waiting' : 'ok',
      did:
        windows === 0 && !failing
          ? 'took status lines without plan limits; they come with the first answer of a session on Pro or Max'
          : last,
      next,
      ...(reason === undefined ? {} : { error: { category: 'UNKNOWN', message: `A status line was refused: ${reason}.` } }),
    })
    return failing ? { ok: false, message: reason } : { ok: true }
  }

  return watchFiles(
    {
      folders: () => [spool],
      concerns: (name) => name.endsWith(SPOOLED),
      look,
      failed: (error) => {
        context.log.error({ err: error }, 'status lines could not be read')
        context.report({ state: 'failing', did: 'failed', next, error: { category: 'UNKNOWN', message: (error as Error).message } })
      },
      clock: context.clock,
      ...(pace === undefined ? {} : { pace }),
    },
    signal,
  )
}

/** Puts at most one reading an account, however much there is: what is known of each window after all of it. */
async function takeIn(
  taken: readonly Spooled[],
  accountOf: (transcript: string | undefined) => Promise<string | undefined>,
  context: SourceContext,
  sum: { windows: number; put: number; readonly refused: string[] },
): Promise<void> {
  const byAccount = new Map<string | undefined, { at: number; windows: readonly PlanWindow[] }[]>()
  for (const { at, said } of taken) {
    try {
      if (said === undefined) throw new Error('it is no JSON')
      const line = readStatusLine(said, at)
      for (const { label, problem } of line.windows) if (problem !== undefined) sum.refused.push(`${label}: ${problem}`)
      const readable = line.windows.filter(({ percentUsed }) => percentUsed !== undefined)
      if (readable.length === 0) continue
      sum.windows += readable.length
      const account = await accountOf(line.transcriptPath)
      byAccount.set(account, [...(byAccount.get(account) ?? []), { at, windows: readable }])
    } catch (error) {
      sum.refused.push((error as Error).message)
    }
  }
  for (const [account, lines] of byAccount) {
    const snapshot = readingAfter(lines, account, context.newest(), context.clock.now())
    if (snapshot === undefined) continue
    context.put(snapshot)
    sum.put++
  }
}

/**
 * The reading that lines of one account make on top of what is known, or undefined when they say nothing new.
 * A window of which they say less than an earlier line stays as it was: the newest reading of a source is all that counts of it.
 */
function readingAfter(
  lines: readonly { readonly at: number; readonly windows: readonly PlanWindow[] }[],
  account: string | undefined,
  newest: readonly LimitSnapshot[],
  now: number,
): LimitSnapshot | undefined {
  const known = new Map<string, Known>()
  // As long as only one account is named, those who name none speak of it too.
  const named = new Set([account, ...newest.map((one) => one.account)].filter((one) => one !== undefined))
  const winners = winningWindows(named.size <= 1 ? newest : newest.filter((one) => one.account === account))
  for (const { window, from } of winners) known.set(windowKey(window), { window, at: from.capturedAt, ours: from.source === 'statusline' })
  let capturedAt: number | undefined
  for (const { at, windows } of lines) {
    for (const window of windows) {
      const before = known.get(windowKey(window))
      if (before !== undefined && !mayReplace(window, at, before.window, before.at)) continue
      known.set(windowKey(window), { window, at, ours: true })
      capturedAt = at
    }
  }
  if (capturedAt === undefined) return undefined
  const until = capturedAt
  const ours = [...known.values()].filter(({ window, ours }) => ours && (window.resetsAt === undefined || window.resetsAt > until))
  return {
    source: 'statusline',
    ...(account === undefined ? {} : { account }),
    capturedAt,
    receivedAt: now,
    windows: ours.map(({ window }) => window),
    isPartial: false,
  }
}

/** The account of a session, as Claude Code's own file names it: a status line does not say. */
function accounts(context: SourceContext): (transcript: string | undefined) => Promise<string | undefined> {
  const known = new Map<string, { readonly account: string | undefined; readonly until: number }>()
  return async (transcript) => {
    // <folder>/projects/<project>/<session>.jsonl
    const folder = transcript === undefined ? undefined : path.resolve(transcript, '../../..')
    const folders = claudeFolders(context.env)
    const [only] = folders
    const of = folder !== undefined && folders.includes(folder) ? folder : folders.length === 1 ? only : undefined
    if (of === undefined) return undefined
    const now = context.clock.now()
    const before = known.get(of)
    if (before !== undefined && before.until > now) return before.account
    const account = await accountIn(claudeFilesOf(of))
    known.set(of, { account, until: now + ACCOUNT_KNOWN })
    return account
  }
}

async function accountIn(files: readonly string[]): Promise<string | undefined> {
  const found = await Promise.all(files.map((file) => readClaudeFile(file)))
  const signedIn = found.flatMap((one) => one.signedIn ?? [])
  if (signedIn[0] !== undefined) return signedIn[0]
  const usages = found.flatMap((one) => (one.state === 'found' ? [one.usage] : []))
  return usages.sort((a, b) => b.fetchedAt - a.fetchedAt)[0]?.account
}
