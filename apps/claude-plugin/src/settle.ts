import type { Decision, QuestionKind } from '@signalbox/contract/question'
import { type AskedCall, AskedTool } from './asked-tool.ts'
import { type AskerFields, reportEnd } from './asker.ts'
import { ClientStatusFile } from './client-status.ts'
import type { HubTarget } from './hub-target.ts'

const LOOK_MS = 100
/** A command that was allowed may run for long; by then the client has said that it no longer waits. */
const LOOK_FOR_MS = 20_000
/** After the client went on, what it writes of it comes within this. */
const WRITTEN_WITHIN_MS = 2_000
const REPORT_WITHIN_MS = 60_000

/** What the process that has printed an answer hands to the one that looks what became of it. */
export interface PrintedAnswer {
  readonly asker: AskerFields
  readonly question_id: string
  readonly kind: QuestionKind
  readonly decision: Decision
  /** What the session gets to read when it was denied. */
  readonly message: string | undefined
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

async function wasTaken(env: NodeJS.ProcessEnv, { clientPid, call, printedAt, decision, message }: PrintedAnswer): Promise<boolean> {
  const file = new ClientStatusFile(env, clientPid)
  const asked = call && new AskedTool(call)
  let movedAt: number | undefined
  const startedAt = performance.now()
  let goesOnSince: number | undefined
  while (performance.now() - startedAt < LOOK_FOR_MS) {
    asked?.read()
    if (asked?.decidedByHook !== undefined) return true
    const [result] = asked?.results.slice(-1) ?? []
    if (result !== undefined && decision === 'deny' && message !== undefined && result.text.includes(JSON.stringify(message).slice(1, -1)))
      return true
    const now = file.read()
    if (now?.status !== undefined && now.status !== 'waiting') movedAt ??= now.since
    if (movedAt !== undefined || result !== undefined) goesOnSince ??= performance.now()
    if (goesOnSince !== undefined && performance.now() - goesOnSince > WRITTEN_WITHIN_MS) break
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
  // Without a word of the client, the order of events says who was first.
  return movedAt === undefined || movedAt >= printedAt
}
