import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { AnsweringHub } from './answers/answering-hub.ts'
import { BudgetMachine } from './budgets/budget-machine.ts'
import type { Way } from './budgets/budget-run.ts'
import { proveBudget } from './budgets/proof.ts'
import { claudeCode, newest, old } from './client.ts'
import { clientHome } from './client-home.ts'

// `npm run prove:budgets` is the long run of this.

const runs: readonly [version: string, way: Way, hubDown: boolean][] = [
  [newest, 'two sessions', false],
  [newest, 'terminal', true],
  [newest, 'enough', false],
  [old, 'one session', true],
]

test('sessions are held at the line of a budget, go on when it is raised, and lose no work', async ({ skip }) => {
  const home = await clientHome()
  const hub = new AnsweringHub(path.join(home.folder, 'hub'))
  const machine = new BudgetMachine(home, 'first')
  onTestFinished(async () => {
    await machine.stop('SIGKILL')
    await hub.kill()
  })
  await hub.start()
  machine.start(hub.url)
  for (const [number, [version, way, hubDown]] of runs.entries()) {
    const client = await claudeCode(version, skip)
    const { wrong } = await proveBudget({ hub, machines: [machine], client, number, way, hubDown })
    expect({ version, way, wrong, log: wrong.length > 0 ? machine.log : '' }).toEqual({ version, way, wrong: [], log: '' })
  }
  // Four runs with one client after another; a busy machine takes minutes for each.
}, 900_000)
