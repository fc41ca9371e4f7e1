import path from 'node:path'
import type { Budget } from '@signalbox/contract/budget'
import { run } from '../../support/child.ts'
import { delay, type Step, script, text } from '../../support/messages-api.ts'
import { repositoryRoot } from '../../support/repository.ts'
import { askingEnv, pluginArgs, until } from '../answers/asking-session.ts'
import { ask } from './ask.ts'
import type { BudgetMachine } from './budget-machine.ts'
import { type BudgetRun, type BudgetRunResult, checkWork, nameOf, SHOWN_WITHIN_MS, work } from './budget-run.ts'

/** All runs are in one window, so each has a line above what those before it have used, in percent. */
const FIRST_LINE = 6
const LINE_STEP = 6
const WINDOW_MS = 5 * 3_600_000
/** The hub rounds resets to ten minutes, and answers say it some seconds apart. */
const RESET_GRAIN_MS = 600_000
const resetsAt = Math.floor((Date.now() + WINDOW_MS) / RESET_GRAIN_MS) * RESET_GRAIN_MS
let runs = 0
/** Far more than the snapshot needs on its way: from the status line to the collector, the hub, and back. */
const STEPS = 120
const STEP_MS = 400

/** Installs what says how full the plan's windows are. */
export async function installStatusLine({ home, dataDir }: BudgetMachine): Promise<void> {
  const env = { HOME: home.folder, XDG_CONFIG_HOME: undefined, CLAUDE_CONFIG_DIR: home.config, DATA_DIR: dataDir }
  const { code, stderr } = await run(process.execPath, [path.join(repositoryRoot, 'apps/cli/bin/signalbox.mjs'), 'statusline', 'install'], {
    env,
  })
  if (code !== 0) throw new Error(`signalbox statusline install: ${stderr}`)
}

/**
 * Fills the 5-hour window of a plan beyond the line of a budget. How full it is only snapshots say: the session is held once one of them
 * is at the line, and no later than after one more call.
 */
export async function provePlanWindow(options: BudgetRun, machine: BudgetMachine): Promise<BudgetRunResult> {
  const { hub, client, number, hubDown } = options
  const { home } = machine
  const wrong: string[] = []
  const line = FIRST_LINE + LINE_STEP * runs++
  const budget = await ask<Budget>(hub, 'POST', '/api/budgets', { name: nameOf(options), kind: 'five_hour', percent: line })
  const cwd = await home.project(nameOf(options))
  const terminal = home.terminal(client, {
    cwd,
    args: ['--allowedTools', 'Bash', ...pluginArgs],
    env: { ...askingEnv(hub), MACHINE_ID: machine.name },
  })
  const { sessionId } = await terminal.ready()
  const used = (percent: number): Step => ({ limits: { '5h': [percent / 100, Math.round((resetsAt - Date.now()) / 1000)] } })
  const isSpent = () => machine.lease(budget.budget_id)?.is_spent
  await terminal.submit(script(used(line - 4), work(0, 0), text('It has begun.')))
  await terminal.waitForAnswer('It has begun.', SHOWN_WITHIN_MS)
  await until('a lease below the line', () => (isSpent() === false ? true : undefined), SHOWN_WITHIN_MS)
  const more = Array.from({ length: STEPS }, (_, step) => [delay(STEP_MS), work(0, step + 1)]).flat()
  await terminal.submit(script(used(line - 2), work(0, 200), used(line + 1), ...more, text('All is done.')))
  await until('a lease at the line', () => (isSpent() ? true : undefined), SHOWN_WITHIN_MS)
  const knownAt = Date.now()
  if (hubDown) await hub.kill()
  await terminal.waitForScreen(/Signalbox: the budget/, SHOWN_WITHIN_MS)
  await terminal.waitForProcessFile(({ status }) => status === 'idle', SHOWN_WITHIN_MS)
  const answers = () => home.api.answersOf(sessionId).filter(({ offeredTools, status }) => offeredTools && status === 200)
  const callsOver = answers().filter(({ asked }) => asked > knownAt).length
  if (callsOver > 1) wrong.push(`${callsOver} calls began after the snapshot was known`)
  checkWork(answers(), [cwd], wrong)
  if (hubDown) await hub.start()
  await ask(hub, 'POST', `/api/budgets/${budget.budget_id}/go-on`, { amount: 3 })
  await until('a lease below the raised line', () => (isSpent() === false ? true : undefined), SHOWN_WITHIN_MS)
  await terminal.submit(script(used(line + 1), work(0, 300), text('It went on.')))
  await terminal.waitForAnswer('It went on.', SHOWN_WITHIN_MS).catch((error: Error) => wrong.push(error.message))
  await terminal.kill()
  await ask(hub, 'DELETE', `/api/budgets/${budget.budget_id}`)
  return { run: `${number} ${client.version} plan window${hubDown ? ', hub down' : ''}`, callsOver, wrong }
}
