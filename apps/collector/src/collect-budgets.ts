import fs from 'node:fs'
import path from 'node:path'
import { systemClock } from '@signalbox/client'
import {
  ALIVE_FILE,
  ALIVE_INTERVAL_MS,
  budgetsFolder,
  LEASES_FILE,
  NEAR_FILE,
  readBudgetsSwitch,
} from '@signalbox/hub-address/budgets-folder'
import { readPrivateFile, writePrivateFile } from '@signalbox/hub-address/private-file'
import type { Ledger } from '@signalbox/ledger'
import type { Logger } from 'pino'
import { AskFolder } from './budgets/ask-folder.ts'
import { BudgetKeeper } from './budgets/budget-keeper.ts'
import type { HeldLease } from './budgets/held-lease.ts'
import type { CollectorConfig } from './config.ts'
import type { HubTarget } from './sync/hub-target.ts'
import { WakeSignal } from './wake-signal.ts'

/** How often leases are asked for: usually, near a line, and right after calls came in between. In milliseconds. */
const RENEW_MS = 5_000
const RENEW_NEAR_MS = 1_000
const RENEW_AGAIN_MS = 200
const MAX_RENEW_ATTEMPTS = 5
/** A machine counts as active for so long after a call, in milliseconds. */
const ACTIVE_MS = 60_000

/** How often files of killed hooks are looked for, in milliseconds. */
const SWEEP_MS = 300_000

export interface BudgetCollection {
  /** Transcripts have changed, and their calls are in the ledger. */
  transcriptsRead(files: readonly string[]): void
  /** The hub is back, or the key was renewed. */
  retryNow(): void
  readonly ended: Promise<void>
}

export interface BudgetParts {
  readonly ledger: Ledger
  readonly hub: HubTarget
  readonly log: Logger
}

/**
 * Holds sessions at the hard lines of budgets, where `signalbox hooks budgets on` was run. Leases of the hub say what this machine may
 * spend; its own database says what it has spent. Hooks ask by files, so they never wait for the hub.
 */
export function collectBudgets(config: CollectorConfig, { ledger, hub, log }: BudgetParts, signal: AbortSignal): BudgetCollection {
  const clock = systemClock
  const folder = budgetsFolder(config.dataDir)
  const work = new WakeSignal()
  const file = (name: string) => path.join(folder, name)
  const keeper = new BudgetKeeper({ ledger, machineId: config.machineId, now: () => clock.now(), changed: () => work.notify() })
  /** The budgets that the hub knows to be in use here. */
  let active = ''
  let asks: AskFolder | undefined
  let failing = false
  const activeNow = () => keeper.activeSince(clock.now() - ACTIVE_MS)

  const isOn = (): boolean => {
    try {
      return readBudgetsSwitch(config.env) === folder
    } catch {
      return false
    }
  }

  const start = () => {
    if (asks !== undefined) return
    asks = new AskFolder(folder)
    const kept = readLeases(file(LEASES_FILE))
    if (kept !== undefined) keeper.restore(kept.leases, kept.url)
    asks.run((ask, gone) => keeper.decide(ask, gone), signal)
  }

  const writeNear = () => {
    const isNear = keeper.isNear()
    if (isNear !== fs.existsSync(file(NEAR_FILE))) {
      if (isNear) fs.writeFileSync(file(NEAR_FILE), '', { mode: 0o600 })
      else fs.rmSync(file(NEAR_FILE), { force: true })
    }
    return isNear
  }

  /** @returns milliseconds until the next step */
  const step = async (attempts: number): Promise<{ waitMs: number; attempts: number }> => {
    if (!isOn()) {
      fs.rmSync(file(NEAR_FILE), { force: true })
      return { waitMs: RENEW_NEAR_MS * 3, attempts: 0 }
    }
    start()
    const account = ledger.snapshots.newest().find(({ machineId }) => machineId === config.machineId)?.account
    const ask = () => {
      const budgets = activeNow()
      active = namesOf(budgets)
      return hub.client.askBudgetLeases(
        { machine_id: config.machineId, active: budgets, ...(account ? { account } : {}), held: keeper.held().slice(0, 1_000) },
        { signal },
      )
    }
    let isRenewed = false
    try {
      isRenewed = await keeper.renew(ask, attempts >= MAX_RENEW_ATTEMPTS)
      writePrivateFile(file(LEASES_FILE), JSON.stringify({ leases: keeper.leases, url: keeper.url }))
      if (failing) log.info('budgets are asked for again')
      failing = false
    } catch (error) {
      if (signal.aborted) return { waitMs: 0, attempts: 0 }
      if (!failing) log.warn({ err: error }, 'the hub did not say what may be spent; its last word counts')
      failing = true
      writeNear()
      return { waitMs: RENEW_NEAR_MS, attempts: 0 }
    }
    const isNear = writeNear()
    if (!isRenewed) return { waitMs: RENEW_AGAIN_MS, attempts: attempts + 1 }
    return { waitMs: isNear ? RENEW_NEAR_MS : RENEW_MS, attempts: 0 }
  }

  const alive = setInterval(() => {
    if (asks === undefined) return
    fs.writeFileSync(file(ALIVE_FILE), '', { mode: 0o600 })
    fs.utimesSync(file(ALIVE_FILE), new Date(), new Date())
  }, ALIVE_INTERVAL_MS)

  const run = async () => {
    let attempts = 0
    let sweptAt = 0
    while (!signal.aborted) {
      let waitMs = RENEW_NEAR_MS
      try {
        const next = await step(attempts)
        attempts = next.attempts
        waitMs = next.waitMs
        if (asks !== undefined && !fs.existsSync(file(ALIVE_FILE))) fs.writeFileSync(file(ALIVE_FILE), '', { mode: 0o600 })
        if (clock.now() - sweptAt > SWEEP_MS) {
          asks?.sweep(clock.now())
          sweptAt = clock.now()
        }
      } catch (error) {
        log.warn({ err: error }, 'budgets could not be looked at')
      }
      // Sessions that wait ask for a new lease again and again.
      await clock.wait(RENEW_AGAIN_MS, signal).catch(() => {})
      await work.waitAtMost(waitMs, signal, clock).catch(() => {})
    }
    clearInterval(alive)
    fs.rmSync(file(ALIVE_FILE), { force: true })
  }

  return {
    transcriptsRead(files) {
      if (files.length === 0) return
      if (asks === undefined) return
      // Near a line each call counts; a machine asks for its share as soon as it begins.
      if (writeNear() || namesOf(activeNow()) !== active) work.notify()
    },
    retryNow: () => work.notify(),
    ended: run(),
  }
}

function namesOf(budgets: readonly { readonly budget_id: string }[]): string {
  return budgets.map(({ budget_id }) => budget_id).join()
}

function readLeases(file: string): { leases: HeldLease[]; url: string } | undefined {
  try {
    const text = readPrivateFile(file)?.text
    return text === undefined ? undefined : (JSON.parse(text) as { leases: HeldLease[]; url: string })
  } catch {
    // They are asked for again.
    return undefined
  }
}
