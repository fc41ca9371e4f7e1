import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { AnsweringHub } from './answers/answering-hub.ts'
import { BudgetMachine } from './budgets/budget-machine.ts'
import { proveBudget, type Way } from './budgets/proof.ts'
import { claudeCode, newest, old } from './client.ts'
import { clientHome } from './client-home.ts'

// `npm run prove:budgets` is the long run of this.

test.for<[version: string, runs: readonly [Way, hubDown: boolean][]]>([
  [
    newest,
    [
      ['two sessions', false],
      ['terminal', true],
      ['enough', false],
    ],
  ],
  [old, [['one session', true]]],
])('Claude Code %s is held at the line of a budget, goes on when it is raised, and loses no work', async ([version, runs], { skip }) => {
  const client = await claudeCode(version, skip)
  const home = await clientHome()
  const hub = new AnsweringHub(path.join(home.folder, 'hub'))
  const machine = new BudgetMachine(home, 'first')
  onTestFinished(async () => {
    await machine.stop('SIGKILL')
    await hub.kill()
  })
  await hub.start()
  machine.start(hub.url)
  for (const [number, [way, hubDown]] of runs.entries()) {
    const { wrong } = await proveBudget({ hub, machines: [machine], client, number, way, hubDown })
    expect({ way, wrong, log: wrong.length > 0 ? machine.log : '' }).toEqual({ way, wrong: [], log: '' })
  }
})
