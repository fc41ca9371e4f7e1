import type { Client } from '../client.ts'
import { servedCalls } from './api-log.ts'
import { type Comparison, compare } from './compare.ts'
import { readLedger } from './ledger-sum.ts'
import { NotPossible } from './not-possible.ts'
import type { OwnSum } from './own-sum.ts'
import type { Scenario } from './scenario.ts'
import { Stage } from './stage.ts'
import { TooSlow } from './too-slow.ts'
import { readMessages } from './transcript-message.ts'

/** What one version did in one scenario. */
export type Outcome = { readonly version: string; readonly scenario: string } & (
  | { readonly comparison: Comparison; readonly own: OwnSum }
  /** Why it cannot be run: the version lacks something. */
  | { readonly notPossible: string }
  /** It should have run. */
  | { readonly failed: string }
)

export interface RunOptions {
  /** Ends every client. */
  readonly signal?: AbortSignal
  /** Gets the stage before it is removed. */
  readonly keep?: (stage: Stage) => void
}

/**
 * Runs a scenario with a real client and holds our ledger to what the API has served. What goes wrong is an outcome, too,
 * except that a client was too slow for a scenario that has a slower one.
 */
export async function runScenario(client: Client, scenario: Scenario, options: RunOptions = {}): Promise<Outcome> {
  try {
    return await runOnce(client, scenario, options)
  } catch (error) {
    if (error instanceof TooSlow && scenario.slower !== undefined) return runScenario(client, scenario.slower, options)
    throw error
  }
}

/** @throws TooSlow when there is a slower scenario to play instead */
async function runOnce(client: Client, scenario: Scenario, { signal, keep }: RunOptions): Promise<Outcome> {
  const of = { version: client.version, scenario: scenario.name }
  const { stage, remove } = await Stage.open(client, scenario)
  const end = () => void stage.home.endAll()
  signal?.addEventListener('abort', end)
  try {
    await scenario.run(stage)
    // What a client started may still write.
    await stage.home.endAll()
    const served = servedCalls(stage.api.answers, stage.shiftMs)
    const zone = scenario.zone ?? 'UTC'
    const comparison = compare(served, readMessages(stage.home.config), await readLedger(stage.home.config, zone), zone)
    return { ...of, comparison, own: stage.ownSums.sum }
  } catch (error) {
    if (error instanceof NotPossible) return { ...of, notPossible: error.message }
    if (error instanceof TooSlow && scenario.slower !== undefined && signal?.aborted !== true) throw error
    return { ...of, failed: error instanceof Error ? error.message : String(error) }
  } finally {
    signal?.removeEventListener('abort', end)
    keep?.(stage)
    await remove()
  }
}
