import { statSync } from 'node:fs'
import path from 'node:path'
import { countOf } from '@signalbox/contract/plural'
import { SPOOL_FILE_SUFFIX } from '@signalbox/contract/status-line'
import { type LimitSnapshot, type PlanWindow, SAME_RESET_MS, windowKey, windowTime } from '@signalbox/usage/limit-snapshot'
import { supersedesWindow, winningWindows } from '@signalbox/usage/limit-winner'
import { readShownLimits, type ShownLimits, type ShownWindow, type WindowResets } from '@signalbox/usage/shown-limits'
import { readStatusLine } from '@signalbox/usage/status-line'
import { SPOOL_BATCH_SIZE, type SpooledLine, type StatusLineSpool } from '../status-line-spool.ts'
import { AccountResets } from './account-resets.ts'
import { listClaudeFiles, listClaudeFolders, readClaudeFile, readSignature } from './claude-file.ts'
import { type LastShown, ShownBySession } from './shown-by-session.ts'
import type { ReadOutcome, RunningSource, Source, SourceContext } from './source.ts'
import { type WatchPace, watchFiles } from './watch-files.ts'

const next = 'reads when Claude Code shows its status line'
/** A known value from further ahead is of a clock that was set back since: it says nothing about what is newer. */
const MAX_CLOCK_SKEW_MS = 60_000

/** The plan limits that Claude Code passes to a status line command, where ours is installed. */
export function statusline(spool: StatusLineSpool): Source {
  return { name: 'statusline', start: (context, signal) => readStatusLines(spool, context, signal) }
}

/** @param pace for tests */
export function readStatusLines(
  spool: StatusLineSpool,
  context: SourceContext,
  signal: AbortSignal,
  pace?: Partial<WatchPace>,
): RunningSource {
  const reader = new StatusLineReader(spool, context)
  return watchFiles(
    {
      folders: () => [spool.folder],
      isRelevant: (name) => name.endsWith(SPOOL_FILE_SUFFIX),
      read: (requested) => reader.read(requested),
      failed: (error) => reader.failed(error),
      clock: context.clock,
      ...(pace === undefined ? {} : { pace }),
    },
    signal,
  )
}

/** Counts of one read of the whole spool. */
interface Summary {
  lines: number
  /** Windows with a percentage. */
  windows: number
  snapshots: number
  /** Reasons why lines or windows were rejected. */
  readonly rejected: string[]
}

/** A window with its value, and when its source received it. */
interface KnownWindow {
  readonly window: PlanWindow
  readonly at: number
  readonly fromStatusLine: boolean
}

/** The windows of one account, and when the newest value that these lines add was new. */
interface KnownPlan {
  readonly windows: Map<string, KnownWindow>
  capturedAt: number | undefined
}

/** A line that says something: `first` is the first of its session, which may be old; the windows of others are new or repeated. */
interface NewLine {
  readonly windows: readonly PlanWindow[]
  readonly isNew: (window: PlanWindow) => boolean
  /** When the session received it; undefined for the first line of a session without a transcript. */
  readonly receivedAt: number | undefined
  readonly at: number
}

class StatusLineReader {
  readonly #spool: StatusLineSpool
  readonly #context: SourceContext
  readonly #accounts: AccountLookup
  readonly #owners: AccountResets
  readonly #shown: ShownBySession
  /** The last thing that was reported. */
  #last = 'nothing yet'

  constructor(spool: StatusLineSpool, context: SourceContext) {
    this.#spool = spool
    this.#context = context
    this.#accounts = new AccountLookup(context)
    this.#owners = context.accounts ?? new AccountResets(undefined)
    this.#shown = context.shown ?? new ShownBySession(undefined)
  }

  failed(error: unknown): void {
    this.#context.log.error({ err: error }, 'status lines could not be read')
    this.#context.report({ state: 'failing', did: 'failed', next, error: { category: 'UNKNOWN', message: (error as Error).message } })
  }

  async read(requested: boolean): Promise<ReadOutcome> {
    let entries = this.#spool.read('limits', this.#context.clock.now())
    if (entries === undefined) {
      const message = 'the status line is not set up: signalbox statusline install'
      if (this.#last !== message) this.#context.report({ state: 'waiting', did: message, next })
      this.#last = message
      return { ok: false, message }
    }
    if (entries.length === 0) return this.#nothingNew(requested)
    const summary: Summary = { lines: 0, windows: 0, snapshots: 0, rejected: [] }
    while (entries !== undefined && entries.length > 0) {
      await this.#process(entries, summary)
      for (const { remove } of entries) remove()
      summary.lines += entries.length
      entries = entries.length < SPOOL_BATCH_SIZE ? [] : this.#spool.read('limits', this.#context.clock.now())
    }
    return this.#report(summary)
  }

  #nothingNew(requested: boolean): ReadOutcome {
    if (this.#last === 'nothing yet') {
      this.#context.report({ state: 'waiting', did: 'found nothing new', next })
      this.#last = 'found nothing new'
    }
    return requested ? { ok: false, message: 'Claude Code has shown no status line since the last snapshot' } : { ok: true }
  }

  #report({ lines, windows, snapshots, rejected }: Summary): ReadOutcome {
    this.#last = `read ${countOf(lines, 'status line')}, ${snapshots === 0 ? 'nothing new' : 'a new snapshot'}`
    const [reason] = rejected
    const failing = windows === 0 && reason !== undefined
    this.#context.report({
      state: failing ? 'failing' : windows === 0 ? 'waiting' : 'ok',
      did:
        windows === 0 && !failing
          ? 'read status lines without plan limits; they appear with the first response of a session on Pro or Max'
          : this.#last,
      next,
      ...(reason === undefined ? {} : { error: { category: 'UNKNOWN', message: `A status line was rejected: ${reason}.` } }),
    })
    return failing ? { ok: false, message: reason } : { ok: true }
  }

  /** Puts at most one snapshot per account, however many lines there are. */
  async #process(entries: readonly SpooledLine[], summary: Summary): Promise<void> {
    const plans = new Map<string | undefined, KnownPlan>()
    const remembered = new Map<string, { shown: LastShown; at: number }>()
    for (const { at, content } of entries) {
      try {
        if (content === undefined) throw new Error('it is not JSON')
        const line = readStatusLine(content, at)
        for (const { label, problem } of line.windows) if (problem !== undefined) summary.rejected.push(`${label}: ${problem}`)
        const windows = line.windows.filter(({ percentUsed }) => percentUsed !== undefined)
        summary.windows += windows.length
        const shown = readShownLimits(content)
        const before = remembered.get(shown.session)?.shown ?? this.#shown.of(shown.session)
        const isNew = (kind: string) => shown.windows[kind as ShownWindow] !== before?.windows[kind as ShownWindow]
        // An open terminal repeats what its session received last, for hours.
        if (before !== undefined && !Object.keys(shown.windows).some(isNew)) {
          // Without limits, the session runs in a new process: what it shows next is new, even when it is the same.
          const beginsAnew = Object.keys(shown.windows).length === 0 && Object.keys(before.windows).length > 0
          if (beginsAnew) remembered.set(shown.session, { shown: { ...before, windows: {} }, at })
          continue
        }
        const account = windows.length === 0 ? before?.account : await this.#accountOf(line.transcriptPath, shown, before, at)
        const named = account === undefined ? {} : { account }
        remembered.set(shown.session, { shown: { windows: { ...before?.windows, ...shown.windows }, ...named }, at })
        if (windows.length === 0) continue
        const plan = plans.get(account) ?? this.#knownPlan(account)
        plans.set(account, plan)
        const receivedAt = before === undefined ? lastWritten(line.transcriptPath, at) : at
        addLine(plan, { windows, isNew: ({ kind }) => isNew(kind), receivedAt, at }, this.#context.clock.now())
      } catch (error) {
        summary.rejected.push((error as Error).message)
      }
    }
    for (const [account, plan] of plans) {
      const snapshot = toSnapshot(plan, account, this.#context.clock.now())
      if (snapshot === undefined) continue
      this.#context.put(snapshot)
      summary.snapshots++
    }
    // After the snapshots: a collector that is killed in between reads the lines again.
    for (const [session, { shown, at }] of remembered) this.#remember(() => this.#shown.remember(session, shown, at))
  }

  /** The account whose resets a line has: another one may be signed in by now. */
  async #accountOf(transcript: string | undefined, { resets }: ShownLimits, before: LastShown | undefined, at: number) {
    const folder = this.#accounts.folderOf(transcript)
    if (folder === undefined) return undefined
    const owners = this.#owners.accountsOf(resets, { folder })
    const account = owners.length === 1 ? owners[0] : await this.#chooseAccount(folder, owners, resets, before?.account)
    if (account !== undefined) this.#remember(() => this.#owners.record({ account, folder, resets, named: false }, at))
    return account
  }

  /** Of several accounts with the same resets the one that is signed in; the same where no account is known to have them. */
  async #chooseAccount(folder: string, owners: readonly string[], resets: WindowResets, before: string | undefined) {
    // The weekly window of the session's account was moved.
    if (owners.length === 0 && before !== undefined && this.#owners.hasSession({ account: before, folder, resets })) return before
    const signedIn = await this.#accounts.find(folder)
    return owners.length === 0 || (signedIn !== undefined && owners.includes(signedIn)) ? signedIn : owners[0]
  }

  /** With a full disk it is remembered until the collector ends. */
  #remember(write: () => void): void {
    try {
      write()
    } catch (error) {
      this.#context.log.debug({ err: error }, 'what a status line showed could not be written down')
    }
  }

  #knownPlan(account: string | undefined): KnownPlan {
    const newest = this.#context.newest()
    // While only one account is named, snapshots without an account belong to it too.
    const named = new Set([account, ...newest.map((one) => one.account)].filter((one) => one !== undefined))
    const winners = winningWindows(named.size <= 1 ? newest : newest.filter((one) => one.account === account))
    const windows = winners.map(({ window, from }): [string, KnownWindow] => [
      windowKey(window),
      { window, at: windowTime(window, from), fromStatusLine: from.source === 'statusline' },
    ])
    return { windows: new Map(windows), capturedAt: undefined }
  }
}

/** Adds what a line says that is news, to what is known of its plan. */
function addLine(plan: KnownPlan, { windows, isNew, receivedAt, at }: NewLine, now: number): void {
  for (const window of windows) {
    const key = windowKey(window)
    const known = plan.windows.get(key)
    const time = receivedAt ?? at
    if (known !== undefined && known.at <= now + MAX_CLOCK_SKEW_MS) {
      if (receivedAt === undefined) {
        if (!supersedesWindow(window, at, known.window, known.at)) continue
      } else if (receivedAt <= known.at) continue
      // Beside a new value, an unchanged one confirms what is known, and nothing else: another source may know better.
      else if (!isNew(window) && !isSameValue(window, known.window)) continue
    }
    plan.windows.set(key, { window, at: time, fromStatusLine: true })
    plan.capturedAt = Math.max(plan.capturedAt ?? 0, time)
  }
}

function isSameValue(one: PlanWindow, other: PlanWindow): boolean {
  const isSameReset =
    one.resetsAt === other.resetsAt || Math.abs((one.resetsAt ?? 0) - (other.resetsAt ?? Number.POSITIVE_INFINITY)) < SAME_RESET_MS
  return one.percentUsed === other.percentUsed && isSameReset
}

/**
 * The newest snapshot of this source replaces older ones, so it repeats the windows that the lines do not improve, each with its age.
 * @returns undefined when the lines have nothing new
 */
function toSnapshot({ windows, capturedAt }: KnownPlan, account: string | undefined, now: number): LimitSnapshot | undefined {
  if (capturedAt === undefined) return undefined
  const isCurrent = ({ resetsAt }: PlanWindow) => resetsAt === undefined || resetsAt > capturedAt
  return {
    source: 'statusline',
    ...(account === undefined ? {} : { account }),
    capturedAt,
    receivedAt: now,
    windows: [...windows.values()].flatMap(({ window, at, fromStatusLine }) =>
      fromStatusLine && isCurrent(window) ? [{ ...window, asOf: Math.min(at, capturedAt) }] : [],
    ),
    isPartial: false,
  }
}

/**
 * When a session received what the first line that we see of it shows: its transcript was written then, or later. An open terminal
 * may show old values.
 * @returns undefined when there is no transcript
 */
function lastWritten(transcript: string | undefined, at: number): number | undefined {
  if (transcript === undefined) return undefined
  const stat = statSync(transcript, { throwIfNoEntry: false })
  return stat?.isFile() ? Math.min(at, Math.floor(stat.mtimeMs)) : undefined
}

/** Finds the account that is signed in, in Claude Code's own file, because a status line does not name it. */
class AccountLookup {
  readonly #context: SourceContext
  readonly #cache = new Map<string, { readonly signature: string; readonly account: string | undefined }>()

  constructor(context: SourceContext) {
    this.#context = context
  }

  /** @param folder a configuration folder of Claude Code */
  async find(folder: string): Promise<string | undefined> {
    const files = listClaudeFiles(folder)
    // Read again whenever it has changed: a minute after a sign-in, everything would go to the wrong account.
    const signature = files.map(readSignature).join('\n')
    const cached = this.#cache.get(folder)
    if (cached?.signature === signature) return cached.account
    const account = await readAccount(files)
    this.#cache.set(folder, { signature, account })
    return account
  }

  /** @param transcript path of the session's transcript @returns its configuration folder; undefined when that is not known */
  folderOf(transcript: string | undefined): string | undefined {
    // <folder>/projects/<project>/<session>.jsonl
    const folder = transcript === undefined ? undefined : path.resolve(transcript, '../../..')
    const folders = listClaudeFolders(this.#context.env)
    if (folder !== undefined && folders.includes(folder)) return folder
    return folders.length === 1 ? folders[0] : undefined
  }
}

async function readAccount(files: readonly string[]): Promise<string | undefined> {
  const found = await Promise.all(files.map((file) => readClaudeFile(file)))
  const signedIn = found.flatMap((one) => one.signedIn ?? [])
  if (signedIn[0] !== undefined) return signedIn[0]
  const usages = found.flatMap((one) => (one.state === 'found' ? [one.usage] : []))
  return usages.sort((a, b) => b.fetchedAt - a.fetchedAt)[0]?.account
}
