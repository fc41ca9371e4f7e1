import type { Decision, QuestionKind, QuestionOutcome } from '@signalbox/contract/question'
import { isSameProcess } from '@signalbox/hub-address/process-start'
import { type AskedCall, AskedTool } from './asked-tool.ts'
import { type AskerFields, reportEnd } from './asker.ts'
import { ClientStatusFile } from './client-status.ts'
import type { HubTarget } from './hub-target.ts'

const LOOK_MS = 100
/** A command that was allowed in the terminal may run for long, while the client waits for another answer. */
const LOOK_FOR_MS = 30_000
/** The client writes who decided before the result of the call, and both soon after it went on. */
const WRITTEN_AFTER_RESULT_MS = 500
const WRITTEN_AFTER_MOVE_MS = 15_000
const REPORT_WITHIN_MS = 60_000

/** A prompt whose hook has ended, or is about to. */
export interface LeftPrompt {
  readonly asker: AskerFields
  readonly question_id: string
  readonly kind: QuestionKind
  /** The answer of the hub that the hook has printed, or was about to print; undefined where there was none. */
  readonly decision: Decision | undefined
  readonly clientPid: number
  /** As `readProcessStart` gave it. */
  readonly clientStart: string | undefined
  readonly call: AskedCall | undefined
  /** When the hook ended, in milliseconds by the machine's clock. */
  readonly leftAt: number
}

/** Finds out whether the session took the answer of the hub, or that of the person at the terminal, and reports it to the hub. */
export async function settlePrompt(target: HubTarget, env: NodeJS.ProcessEnv, left: LeftPrompt): Promise<void> {
  const { question_id, kind, decision, asker } = left
  const outcome = await outcomeOf(env, left)
  await reportEnd(target, asker, { question_id, kind, outcome, ...(outcome === 'applied' ? { decision } : {}) }, REPORT_WITHIN_MS)
}

/** What the client itself writes decides, in its transcript. Where that says nothing of the call, the order of events does. */
async function outcomeOf(env: NodeJS.ProcessEnv, { clientPid, clientStart, call, leftAt, decision }: LeftPrompt): Promise<QuestionOutcome> {
  const file = new ClientStatusFile(env, clientPid)
  const asked = call && new AskedTool(call, { isOver: true })
  const behavior = decision && (decision === 'deny' ? 'deny' : 'allow')
  const startedAt = performance.now()
  let movedAt: number | undefined
  let movedSince: number | undefined
  let resultSince: number | undefined
  while (performance.now() - startedAt < LOOK_FOR_MS) {
    // Asked first: what an ended client has written is complete.
    const isRunning = isSameProcess(clientPid, clientStart)
    const state = asked?.read() ?? 'unknown'
    if (asked?.decidedByHook !== undefined) return asked.decidedByHook === behavior ? 'applied' : 'terminal'
    if (state === 'ended') resultSince ??= performance.now()
    if (resultSince !== undefined && performance.now() - resultSince > WRITTEN_AFTER_RESULT_MS) return 'terminal'
    if (!isRunning) return resultSince === undefined ? 'session_ended' : 'terminal'
    const now = file.read()
    if (now?.status !== undefined && now.status !== 'waiting') {
      movedAt ??= now.since
      movedSince ??= performance.now()
    }
    if (movedSince !== undefined && performance.now() - movedSince > WRITTEN_AFTER_MOVE_MS) break
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
  if (decision === undefined) return movedSince === undefined ? 'lost' : 'terminal'
  if (asked !== undefined && asked.state !== 'unknown') return 'terminal'
  return movedAt === undefined || movedAt >= leftAt ? 'applied' : 'terminal'
}
