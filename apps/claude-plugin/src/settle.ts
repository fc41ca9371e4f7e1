import type { Decision, QuestionKind } from '@signalbox/contract/question'
import { isSameProcess } from '@signalbox/hub-address/process-start'
import { type AskedCall, AskedTool } from './asked-tool.ts'
import { type AskerFields, keepQuestion, reportEnd } from './asker.ts'
import { ClientStatusFile } from './client-status.ts'
import type { HubTarget } from './hub-target.ts'
import { type Evidence, verdictOf } from './settle-verdict.ts'

const LOOK_MS = 100
/** The hub takes a question for lost when nothing of it arrives for 30 seconds. */
const ALIVE_MS = 8_000
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
export async function settlePrompt(target: HubTarget, env: NodeJS.ProcessEnv, left: LeftPrompt, aliveMs = ALIVE_MS): Promise<void> {
  const { question_id, kind, decision, asker } = left
  // One that is not answered can no longer be: it must not stay open.
  const alive = decision && setInterval(() => void keepQuestion(target, asker, question_id, ALIVE_MS), aliveMs)
  const outcome = await outcomeOf(env, left)
  clearInterval(alive)
  await reportEnd(target, asker, { question_id, kind, outcome, ...(outcome === 'applied' ? { decision } : {}) }, REPORT_WITHIN_MS)
}

/** What the client itself writes decides, in its transcript. Where that says nothing of the call, the order of events does. */
async function outcomeOf(env: NodeJS.ProcessEnv, { clientPid, clientStart, call, leftAt, decision }: LeftPrompt) {
  const file = new ClientStatusFile(env, clientPid)
  const asked = call && new AskedTool(call, { isOver: true })
  const startedAt = performance.now()
  let movedAt: number | undefined
  let [movedSince, resultSince]: (number | undefined)[] = []
  for (;;) {
    // Asked first: what an ended client has written is complete.
    const isRunning = isSameProcess(clientPid, clientStart)
    const callState = asked?.read() ?? 'unknown'
    const status = file.read()
    const now = performance.now()
    if (callState === 'ended') resultSince ??= now
    if (status?.status !== undefined && status.status !== 'waiting') {
      movedAt ??= status.since
      movedSince ??= now
    }
    const evidence: Evidence = {
      decision,
      decidedByHook: asked?.decidedByHook,
      callState,
      isRunning,
      lookedForMs: now - startedAt,
      resultForMs: resultSince === undefined ? undefined : now - resultSince,
      movedForMs: movedSince === undefined ? undefined : now - movedSince,
      movedAfterMs: movedAt === undefined ? undefined : movedAt - leftAt,
    }
    const verdict = verdictOf(evidence)
    if (verdict !== undefined) return verdict
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
}
