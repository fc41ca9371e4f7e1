import fs from 'node:fs'
import path from 'node:path'
import type { BudgetLease } from '@signalbox/contract/budget'
import { budgetsFolder, budgetsSwitchPath, LEASES_FILE } from '@signalbox/hub-address/budgets-folder'
import { type Child, startNode } from '../../support/child.ts'
import { repositoryRoot } from '../../support/repository.ts'
import { KEY } from '../answers/answering-hub.ts'
import { until } from '../answers/asking-session.ts'
import type { ClientHome } from '../client-home.ts'
import { SHOWN_WITHIN_MS } from './budget-run.ts'

const COLLECTOR = path.join(repositoryRoot, 'apps/collector/src/main.ts')

type KnownLease = Pick<BudgetLease, 'budget_id' | 'line' | 'is_reserved' | 'is_spent'>

/** A machine: a home with clients, and the collector that holds them. */
export class BudgetMachine {
  readonly home: ClientHome
  readonly name: string
  readonly dataDir: string
  #collector: Child | undefined

  constructor(home: ClientHome, name: string) {
    this.home = home
    this.name = name
    this.dataDir = path.join(home.folder, 'data')
  }

  /** Starts the collector, with budgets switched on as `signalbox hooks budgets on` does it. @param options.sources of plan limits */
  start(hubUrl: string, { sources = 'none' } = {}): void {
    const file = budgetsSwitchPath({ HOME: this.home.folder })
    fs.mkdirSync(path.dirname(file), { recursive: true })
    fs.writeFileSync(file, `${budgetsFolder(this.dataDir)}\n`, { mode: 0o600 })
    this.#collector = startNode([COLLECTOR], {
      env: {
        HOME: this.home.folder,
        XDG_CONFIG_HOME: undefined,
        XDG_STATE_HOME: undefined,
        MONGODB_URI: undefined,
        DATA_DIR: this.dataDir,
        SIGNALBOX_URL: hubUrl,
        SIGNALBOX_API_KEY: KEY,
        CLAUDE_SYNC_API_KEY: undefined,
        MACHINE_ID: this.name,
        CLAUDE_CONFIG_DIR: this.home.config,
        LIMIT_SOURCES: sources,
        TIMEZONE: 'UTC',
        LOG_LEVEL: 'info',
      },
    })
  }

  get log(): string {
    return this.#collector?.output() ?? ''
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.#collector?.stop(signal)
    this.#collector = undefined
  }

  /** What the collector may spend of a budget, by its own file. */
  lease(budget: string): KnownLease | undefined {
    try {
      const text = fs.readFileSync(path.join(budgetsFolder(this.dataDir), LEASES_FILE), 'utf8')
      const { leases } = JSON.parse(text) as { leases: KnownLease[] }
      return leases.find(({ budget_id }) => budget_id === budget)
    } catch {
      return undefined
    }
  }

  async waitForLease(budget: string, line: number): Promise<void> {
    await until(`a lease of ${this.name}`, () => (this.lease(budget)?.line === line ? true : undefined), SHOWN_WITHIN_MS)
  }
}
