import { callLine } from '../ledger-fixture.ts'
import type { CostState, RecordedSums } from '../transcript/claude-code/cost-state.ts'

/** The numbers of a model in a line, with zeros for those that a test does not name. */
export type SomeSums = Partial<RecordedSums>

export function recordedSums(sums: SomeSums): RecordedSums {
  return { input: 0, output: 0, read: 0, write: 0, write_1h: undefined, web_searches: 0, cost_usd: 0, ...sums }
}

/** A line as it is read; times in milliseconds. */
export function costState(line: Partial<Omit<CostState, 'models'>> & { models: Record<string, SomeSums> }): CostState {
  const models = Object.fromEntries(Object.entries(line.models).map(([model, sums]) => [model, recordedSums(sums)]))
  return { session: 's', start: 0, duration: 0, at: undefined, ...line, models }
}

export interface CostStateLine {
  readonly session: string
  readonly start?: number
  readonly duration?: number
  readonly models: Record<string, SomeSums>
}

/** A line of the type `cost-state` as Claude Code writes it, without its newline. */
export function costStateLine({ session, start = 0, duration = 0, models }: CostStateLine): string {
  const modelUsage = Object.fromEntries(
    Object.entries(models).map(([model, { input = 0, output = 0, read = 0, write = 0, write_1h, web_searches = 0, cost_usd = 0 }]) => [
      model,
      {
        inputTokens: input,
        outputTokens: output,
        thinkingTokens: 0,
        cacheReadInputTokens: read,
        cacheCreationInputTokens: write,
        ...(write_1h === undefined
          ? {}
          : { cacheCreationEphemeral5mInputTokens: write - write_1h, cacheCreationEphemeral1hInputTokens: write_1h }),
        webSearchRequests: web_searches,
        costUSD: cost_usd,
      },
    ]),
  )
  return JSON.stringify({ type: 'cost-state', sessionId: session, totalDuration: duration, startTime: start, modelUsage })
}

/** A line of a call whose row is final, or stays as it was when the first block had come. */
export function callLineOf(call: Parameters<typeof callLine>[0] & { unfinished?: boolean; version?: string }): string {
  const line = JSON.parse(callLine(call)) as { message: object; version: string }
  const message = { ...line.message, stop_reason: call.unfinished === true ? null : 'end_turn' }
  return JSON.stringify({ ...line, version: call.version ?? line.version, message })
}
