import path from 'node:path'
import { countOf } from '@signalbox/contract/plural'
import type { PlanWindow } from '@signalbox/usage/limit-snapshot'
import { resetsOf } from './account-resets.ts'
import { type ClaudeFile, listClaudeFiles, listClaudeFolders, readClaudeFile, readSignature } from './claude-file.ts'
import type { ReadOutcome, RunningSource, Source, SourceContext } from './source.ts'
import { readUtilization } from './utilization.ts'
import { type WatchPace, watchFiles } from './watch-files.ts'

/** How far a snapshot may be ahead of the local clock; the hub refuses larger differences. */
const MAX_CLOCK_SKEW_MS = 5 * 60_000
const next = "reads when Claude Code's file changes"

/** The plan limits that Claude Code caches in its own file. */
export const claudeJson: Source = { name: 'claude-json', start: (context, signal) => readClaudeJson(context, signal) }

/** @param pace for tests */
export function readClaudeJson(context: SourceContext, signal: AbortSignal, pace?: Partial<WatchPace>): RunningSource {
  const reader = new ClaudeJsonReader(context)
  return watchFiles(
    {
      folders: () => [...new Set(reader.files().map((file) => path.dirname(file)))],
      isRelevant: (name) => name === '.claude.json' || name === '.config.json',
      read: () => reader.read(),
      failed: (error) => reader.failed(error),
      clock: context.clock,
      ...(pace === undefined ? {} : { pace }),
    },
    signal,
  )
}

interface FoundFile {
  readonly file: string
  readonly content: ClaudeFile
}

class ClaudeJsonReader {
  readonly #context: SourceContext
  readonly #report: SourceContext['report']
  readonly #cache = new Map<string, { readonly signature: string; readonly content: ClaudeFile }>()
  /** By account: when the last snapshot that was put was fetched. */
  readonly #lastPut = new Map<string, number>()

  constructor(context: SourceContext) {
    this.#context = context
    this.#report = reportChangesTo(context)
  }

  files(): string[] {
    return [...new Set(listClaudeFolders(this.#context.env).flatMap(listClaudeFiles))]
  }

  failed(error: unknown): void {
    this.#context.log.error({ err: error }, "Claude Code's file could not be read")
    this.#report({ state: 'failing', did: 'failed', next, error: { category: 'UNKNOWN', message: (error as Error).message } })
  }

  async read(): Promise<ReadOutcome> {
    const found: FoundFile[] = []
    for (const file of this.files()) found.push({ file, content: await this.#readIfChanged(file) })
    const { did, problem } = this.#putNew(found)
    if (did !== undefined) {
      this.#report({ state: 'ok', did, next })
      return { ok: true }
    }
    if (problem !== undefined) {
      const message = `${problem}. It is read again when it changes; if the problem stays, update Signalbox, or leave claude-json out of LIMIT_SOURCES.`
      this.#report({ state: 'failing', did: 'could not read the plan limits', next, error: { category: 'UNKNOWN', message } })
      return { ok: false, message }
    }
    const exists = found.some(({ content }) => content.state === 'none')
    const message = exists ? "Claude Code's file has no plan limits yet" : "Claude Code's file does not exist yet"
    this.#report({ state: 'waiting', did: message, next })
    return { ok: false, message }
  }

  /** Puts the files' plan limits that are new. @returns the first that could be read, and the first that could not */
  #putNew(found: readonly FoundFile[]): { did: string | undefined; problem: string | undefined } {
    const problems = found.flatMap(({ file, content }) => (content.state === 'unreadable' ? [`${file}: ${content.problem}`] : []))
    const readable: string[] = []
    const usages = found.flatMap(({ file, content }) => (content.state === 'found' ? [{ file, ...content.usage }] : []))
    // The newest first, so that an older file of the same account is skipped.
    for (const { file, fetchedAt, account, utilization } of usages.sort((a, b) => b.fetchedAt - a.fetchedAt)) {
      const now = this.#context.clock.now()
      if (fetchedAt > now + MAX_CLOCK_SKEW_MS) {
        problems.push(`${file}: fetchedAtMs is in the future (${new Date(fetchedAt).toISOString()}); check the clock of this machine`)
        continue
      }
      const limits = readUtilization(utilization, fetchedAt)
      const count = limits.windows.filter(({ percentUsed }) => percentUsed !== undefined).length
      if (count === 0) {
        problems.push(`${file}: ${explainUnreadable(limits.windows, limits.errors)}`)
        continue
      }
      this.#rememberResets(file, account, limits.windows, now)
      readable.push(`read ${countOf(count, 'window')} of ${new Date(fetchedAt).toISOString()}`)
      const last = this.#lastPut.get(account ?? '') ?? 0
      // A time that lies in the future is of a clock that was set back since: what is fetched now is newer.
      if (fetchedAt === last || (fetchedAt < last && last <= now)) continue
      const accountField = account === undefined ? {} : { account }
      this.#context.put({ source: 'claude-json', ...accountField, capturedAt: fetchedAt, receivedAt: now, ...limits })
      this.#lastPut.set(account ?? '', fetchedAt)
    }
    return { did: readable[0], problem: problems[0] }
  }

  /** The file names the account: status lines with the same resets belong to it, also after a sign-in with another. */
  #rememberResets(file: string, account: string | undefined, windows: readonly PlanWindow[], now: number): void {
    if (account === undefined) return
    try {
      for (const folder of listClaudeFolders(this.#context.env)) {
        if (!listClaudeFiles(folder).includes(file)) continue
        this.#context.accounts?.record({ account, folder, resets: resetsOf(windows), named: true }, now)
      }
    } catch (error) {
      this.#context.log.debug({ err: error }, 'resets could not be written down')
    }
  }

  async #readIfChanged(file: string): Promise<ClaudeFile> {
    const signature = readSignature(file)
    const cached = this.#cache.get(file)
    if (cached !== undefined && cached.signature === signature) return cached.content
    const content = signature === undefined ? ({ state: 'missing' } as const) : await readClaudeFile(file)
    // A file that another process had locked becomes readable without any change of it, so it is not cached.
    const locked = content.state === 'unreadable' && content.problem.startsWith('it cannot be')
    if (signature === undefined || locked) this.#cache.delete(file)
    else this.#cache.set(file, { signature, content })
    return content
  }
}

function explainUnreadable(
  windows: readonly { readonly label: string; readonly problem?: string }[],
  errors: Readonly<Record<string, string>> = {},
): string {
  const reasons = [
    ...windows.flatMap(({ label, problem }) => (problem === undefined ? [] : [`${label}: ${problem}`])),
    ...Object.entries(errors).map(([name, problem]) => `${name}: ${problem}`),
  ]
  return reasons.slice(0, 3).join('; ') || 'no window of it is on this plan'
}

/** Drops repeated reports: a read that found nothing new changes no state. */
function reportChangesTo(context: SourceContext): SourceContext['report'] {
  let last = ''
  return (report) => {
    const text = JSON.stringify(report)
    if (text !== last) context.report(report)
    last = text
  }
}
