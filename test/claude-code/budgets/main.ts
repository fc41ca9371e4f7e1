// `npm run prove:budgets -- [--runs 50] [--client VERSION,…] [--way WAY] [--verbose]`: real clients spend budgets, and are held.
import path from 'node:path'
import { parseArgs } from 'node:util'
import { countOf } from '@signalbox/contract/plural'
import { AnsweringHub } from '../answers/answering-hub.ts'
import { findClient, newest, old } from '../client.ts'
import { makeClientHome } from '../client-home.ts'
import { BudgetMachine } from './budget-machine.ts'
import { type BudgetRunResult, type Way, ways } from './budget-run.ts'
import { installStatusLine, provePlanWindow } from './plan-window.ts'
import { proveBudget } from './proof.ts'

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '50' },
    client: { type: 'string', default: `${newest},${old}` },
    way: { type: 'string' },
    verbose: { type: 'boolean', default: false },
  },
})

const first = await makeClientHome()
const second = await makeClientHome({ api: first.home.api })
const planned = await makeClientHome({ api: first.home.api, plan: true })
const hub = new AnsweringHub(path.join(first.home.folder, 'hub'))
const machines = [new BudgetMachine(first.home, 'first'), new BudgetMachine(second.home, 'second')]
const plan = new BudgetMachine(planned.home, 'planned')
const results: BudgetRunResult[] = []
const problems: string[] = []
/** What is wrong after that is so because everything is being ended. */
let endedBy: NodeJS.Signals | undefined
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    endedBy = signal
    problems.push(`ended by ${signal} at run ${results.length}`)
    void finish()
  })
}
try {
  await hub.start()
  for (const machine of machines) machine.start(hub.url)
  await installStatusLine(plan)
  plan.start(hub.url, { sources: 'statusline' })
  const clients = await Promise.all(values.client.split(',').map(findClient))
  const turn = values.way === undefined ? ways : [values.way as Way]
  for (let number = 0; number < Number(values.runs); number++) {
    const round = Math.floor(number / turn.length)
    const way = turn[number % turn.length]!
    const client = clients[Math.floor(round / 2) % clients.length]!
    const hubDown = round % 2 === 1
    const startedAt = performance.now()
    const run = { hub, machines, client, number, way, hubDown }
    const result = await (way === 'plan window' ? provePlanWindow(run, plan) : proveBudget(run)).catch(async (error: Error) => {
      await hub.kill()
      await hub.start()
      return { run: `${number} ${client.version} ${way}${hubDown ? ', hub down' : ''}`, callsOver: 0, wrong: [error.message] }
    })
    if (endedBy !== undefined) break
    results.push(result)
    if (values.verbose || result.wrong.length > 0) {
      const { run, callsOver, wrong } = result
      console.log(
        `${run}: ${wrong.length === 0 ? 'right' : wrong.join('; ')}; ${callsOver} over; ${Math.round((performance.now() - startedAt) / 100) / 10} s`,
      )
    }
  }
} catch (error) {
  if (endedBy === undefined) problems.push((error as Error).stack ?? String(error))
}
if (endedBy === undefined) await finish()

async function finish(): Promise<void> {
  for (const machine of [...machines, plan]) await machine.stop('SIGKILL')
  await hub.kill()
  if (values.verbose && results.some(({ wrong }) => wrong.length > 0)) console.log(machines[0]!.log.slice(-3_000), hub.log.slice(-2_000))
  for (const { remove } of [planned, second, first]) await remove().catch((error: Error) => problems.push(error.message))
  const right = results.filter(({ wrong }) => wrong.length === 0).length
  const most = Math.max(0, ...results.map(({ callsOver }) => callsOver))
  console.log(`${right} of ${results.length} runs right; at most ${countOf(most, 'call')} over the line`)
  for (const problem of problems) console.error(problem)
  process.exit(problems.length > 0 || right < Number(values.runs) ? 1 : 0)
}
