import path from 'node:path'
import { configFolder } from './credentials-file.ts'
import { readPrivateFile } from './private-file.ts'

// What collector, hook and command line share about budgets on one machine. The hook asks by a file and reads the answer from one:
// it never waits for a network.

/** What `signalbox hooks budgets on` leaves on a machine: one line, the folder below. The shell script of the hook has the same rule. */
export function budgetsSwitchPath(env: NodeJS.ProcessEnv): string {
  return path.join(configFolder(env), 'budgets-folder')
}

/** The folder in which collector and hook meet. */
export function budgetsFolder(dataDir: string): string {
  return path.join(dataDir, 'budgets')
}

/**
 * @returns the folder; undefined where budgets hold no session of this machine
 * @throws PrivateFileError when others can write the file: they would choose the folder
 */
export function readBudgetsSwitch(env: NodeJS.ProcessEnv): string | undefined {
  const folder = readPrivateFile(budgetsSwitchPath(env))?.text.split('\n')[0]
  return folder !== undefined && path.isAbsolute(folder) ? folder : undefined
}

/** Is there while a budget is near its line: only then does the hook ask. */
export const NEAR_FILE = 'near'
/** Changes every few seconds while a collector runs. */
export const ALIVE_FILE = 'alive'
/** The leases as the hub gave them, for a collector that starts while the hub is away. */
export const LEASES_FILE = 'leases.json'
export const ASK_FOLDER = 'ask'
export const ANSWER_FOLDER = 'answer'

/** How often the collector says that it is alive, and after how long the hook takes it for gone, in milliseconds. */
export const ALIVE_INTERVAL_MS = 3_000
export const ALIVE_TTL_MS = 15_000

/** A hook's question, in a file of the folder `ask`; the answer has the same name. */
export interface BudgetAsk {
  readonly session_id: string
  /** Set inside a subagent. */
  readonly agent_id?: string | undefined
  readonly transcript_path: string
  readonly tool_use_id?: string | undefined
}

export type BudgetAnswer = { readonly verdict: 'go' } | { readonly verdict: 'hold'; readonly reason: string }
