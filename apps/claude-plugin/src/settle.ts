import type { Decision, QuestionKind } from '@signalbox/contract/question'
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

/** What the process that has printed an answer hands to the one that looks what became of it. */
export interface PrintedAnswer {
  readonly asker: AskerFields
  readonly question_id: string
  readonly kind: QuestionKind
  readonly decision: Decision
  readonly clientPid: number
  readonly call: AskedCall | undefined
  /** When it was printed, in milliseconds by the machine's clock. */
  readonly printedAt: number
}

/** Finds out whether the session took the answer, or that of the person at the terminal, and reports it to the hub. */
export async function settleAnswer(target: HubTarget, env: NodeJS.ProcessEnv, printed: PrintedAnswer): Promise<void> {
  const { question_id, kind, decision, asker } = printed
  const outcome = (await wasTaken(env, printed)) ? 'applied' : 'terminal'
  await reportEnd(target, asker, { question_id, kind, outcome, ...(outcome === 'applied' ? { decision } : {}) }, REPORT_WITHIN_MS)
}

/** What the client itself writes decides, in its transcript. Where that says nothing of the call, the order of events does. */
async function wasTaken(env: NodeJS.ProcessEnv, { clientPid, call, printedAt, decision }: PrintedAnswer): Promise<boolean> {
  const file = new ClientStatusFile(env, clientPid)
  const asked = call && new AskedTool(call)
  const behavior = decision === 'deny' ? 'deny' : 'allow'
  const startedAt = performance.now()
  let movedAt: number | undefined
  let movedSince: number | undefined
  let resultSince: number | undefined
  while (performance.now() - startedAt < LOOK_FOR_MS) {
    const state = asked?.read() ?? 'unknown'
    if (asked?.decidedByHook !== undefined) return asked.decidedByHook === behavior
    if (state === 'ended') resultSince ??= performance.now()
    if (resultSince !== undefined && performance.now() - resultSince > WRITTEN_AFTER_RESULT_MS) return false
    const now = file.read()
    if (now?.status !== undefined && now.status !== 'waiting') {
      movedAt ??= now.since
      movedSince ??= performance.now()
    }
    if (movedSince !== undefined && performance.now() - movedSince > WRITTEN_AFTER_MOVE_MS) break
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
  if (asked !== undefined && asked.state !== 'unknown') return false
  return movedAt === undefined || movedAt >= printedAt
}
