import { randomUUID } from 'node:crypto'
import type { Budget, BudgetLink } from '@signalbox/contract/budget'
import { agent, delay, type Step, script, text } from '../../support/messages-api.ts'
import { askingEnv, pluginArgs, until } from '../answers/asking-session.ts'
import { ask } from './ask.ts'
import { type BudgetRun, type BudgetRunResult, checkWork, nameOf, SHOWN_WITHIN_MS, work } from './budget-run.ts'
import { costOf, overshootOf } from './overshoot.ts'

/** Calls of one session that would go on for ever. */
const STEPS = 14
/** Each call costs some cents, so that a line is a handful of calls. */
const usage = { output_tokens: 5_000 }

/** Spends a budget with real clients, and looks whether they were held where they should be, and went on where they may. */
export async function proveBudget(run: BudgetRun): Promise<BudgetRunResult> {
  const { hub, client, number, way, hubDown } = run
  const name = nameOf(run)
  const wrong: string[] = []
  const machines = way === 'two machines' ? run.machines : run.machines.slice(0, 1)
  const { api } = machines[0]!.home
  // Not a multiple of a call: the line is crossed in the midst of one.
  const line = way === 'enough' ? 50 : Math.round((0.25 + ((number * 37) % 60) / 100) * 100) / 100
  const budget = await ask<Budget>(hub, 'POST', '/api/budgets', { name, kind: 'day', amount_usd: line, filter: { project_id: [name] } })
  for (const machine of machines) await machine.waitForLease(budget.budget_id, line)

  const cwds = await Promise.all(machines.map(({ home }) => home.project(name)))
  const places = way === 'two sessions' ? [0, 0] : machines.map((_, index) => index)
  const sessions = places.map((place, index) => ({ machine: machines[place]!, cwd: cwds[place]!, id: randomUUID() as string, index }))
  const steps = (index: number): Step[] => [
    { usage },
    ...Array.from({ length: way === 'enough' ? 4 : STEPS }, (_, step) => [delay((step * 7 + index * 53) % 90), work(index, step)]).flat(),
    text('All is done.'),
  ]
  const begin = (index: number) =>
    way === 'subagent' ? [{ usage }, agent(steps(index)), work(index, 90), text('All is done.')] : steps(index)
  const answers = () => sessions.flatMap(({ id }) => api.answersOf(id)).filter(({ offeredTools, status }) => offeredTools && status === 200)

  if (way === 'terminal') return await inTerminal()
  // With two machines both have to spend before they share: the hub has to be there for that.
  const isDown = hubDown && way !== 'two machines'
  if (isDown) await hub.kill()
  const print = (args: string[], { machine, cwd }: (typeof sessions)[number]) =>
    machine.home.print(client, cwd, ['-p', ...args, '--output-format', 'json', '--allowedTools', 'Bash', 'Agent', 'Task', ...pluginArgs], {
      ...askingEnv(hub),
      MACHINE_ID: machine.name,
    })
  const startArgs = await spendBefore()
  const ended = sessions.map((session) => print([script(...begin(session.index)), ...startArgs(session)], session).finished)
  if (hubDown && way === 'two machines') {
    await until('both machines spending', () => (sessions.every(({ id }) => api.answersOf(id).length > 0) ? true : undefined))
    // From then on each knows its share. Two machines that begin while the hub is away do not: see docs/budgets.md.
    await until('both machines sharing', () => (machines.every((one) => one.lease(budget.budget_id)?.is_reserved) ? true : undefined))
    await hub.kill()
  }
  const finished = await Promise.all(ended)
  const { spent, callsOver } = overshootOf(answers(), line)
  check(callsOver)
  const isSpent = spent + 1e-9 >= line
  for (const [index, { code, stdout }] of finished.entries()) {
    if (code !== 0) wrong.push(`client ${index} ended with ${code}`)
    const isDone = stdout.includes('All is done.')
    if (way === 'enough' && !isDone) wrong.push('a session was held although there was enough')
    if (way !== 'enough' && isDone) wrong.push('a session was not held')
  }
  // With the hub away a machine stops at its own share.
  if (way !== 'enough' && !isSpent && !(way === 'two machines' && hubDown)) {
    wrong.push(`held at ${spent.toFixed(3)} of ${line}`)
  }
  checkWork(answers(), cwds, wrong)
  if (hubDown) await hub.start()
  if (way !== 'enough')
    await goOn(() =>
      Promise.all(
        sessions.map(
          (session) => print([script({ usage }, work(session.index, 99), text('It went on.')), '--resume', session.id], session).finished,
        ),
      ),
    )
  await ask(hub, 'DELETE', `/api/budgets/${budget.budget_id}`)
  return { run: `${number} ${client.version} ${way}${hubDown ? ', hub down' : ''}`, callsOver, wrong }

  /** A session that was run and has ended twice before, each time for a call. @returns what the next run of it needs */
  async function spendBefore(): Promise<(session: { readonly id: string }) => string[]> {
    const anew = ({ id }: { readonly id: string }) => ['--session-id', id]
    const again = ({ id }: { readonly id: string }) => ['--resume', id]
    if (way !== 'resumed session') return anew
    for (const args of [anew, again])
      for (const session of sessions) {
        const { stdout } = await print([script({ usage }, text('A part is done.')), ...args(session)], session).finished
        if (!stdout.includes('A part is done.')) wrong.push('a session was held before it had called a tool')
      }
    return again
  }

  function check(over: number): void {
    if (over > 1) wrong.push(`${over} calls began after the line`)
  }

  async function goOn(resume: () => Promise<readonly { stdout: string }[]>): Promise<void> {
    const callsBefore = answers().length
    const perCall = costOf(answers()[0]!)
    const raised = await raise(perCall * 20)
    for (const machine of machines) await machine.waitForLease(budget.budget_id, raised.line)
    for (const { stdout } of await resume())
      if (!stdout.includes('It went on.')) wrong.push('a session did not go on after the line was raised')
    if (answers().length !== callsBefore + 2 * sessions.length) wrong.push(`${answers().length - callsBefore} calls after going on`)
  }

  /** By the route of the page and the command line, or by a link, in turn. */
  async function raise(amount: number): Promise<Budget> {
    const by = Math.round(amount * 100) / 100
    const at = `/api/budgets/${budget.budget_id}`
    if (number % 2 === 0) return await ask<Budget>(hub, 'POST', `${at}/go-on`, { amount: by })
    const { url } = await ask<BudgetLink>(hub, 'POST', `${at}/links`, { amount: by })
    if ((await hub.answerByLink(url, 'go-on')) !== 200) wrong.push('the link did nothing')
    if ((await hub.answerByLink(url, 'go-on')) !== 410) wrong.push('the link worked twice')
    const raised = await ask<Budget>(hub, 'GET', at)
    if (raised.raises.length !== 1) wrong.push(`${raised.raises.length} raises after one link`)
    return raised
  }

  async function inTerminal(): Promise<BudgetRunResult> {
    const [machine, cwd] = [machines[0]!, cwds[0]!]
    const terminal = machine.home.terminal(client, {
      cwd,
      args: ['--allowedTools', 'Bash', ...pluginArgs],
      env: { ...askingEnv(hub), MACHINE_ID: machine.name },
    })
    const { sessionId } = await terminal.ready()
    sessions[0] = { ...sessions[0]!, id: sessionId }
    if (hubDown) await hub.kill()
    await terminal.submit(script(...begin(0)))
    await terminal.waitForScreen(/Signalbox: the budget/, SHOWN_WITHIN_MS)
    await terminal.waitForProcessFile(({ status }) => status === 'idle', SHOWN_WITHIN_MS)
    const { spent, callsOver } = overshootOf(answers(), line)
    check(callsOver)
    if (spent + 1e-9 < line) wrong.push(`held at ${spent.toFixed(3)} of ${line}`)
    checkWork(answers(), cwds, wrong)
    if (hubDown) await hub.start()
    await until(
      'the held session at the hub',
      async () =>
        (await ask<Budget>(hub, 'GET', `/api/budgets/${budget.budget_id}`)).held[0]?.session_id === sessionId ? true : undefined,
      SHOWN_WITHIN_MS,
    ).catch((error: Error) => wrong.push(error.message))
    await goOn(async () => {
      await terminal.submit(script({ usage }, work(0, 99), text('It went on.')))
      await terminal.waitForAnswer('It went on.', SHOWN_WITHIN_MS)
      return [{ stdout: 'It went on.' }]
    })
    await terminal.kill()
    await ask(hub, 'DELETE', `/api/budgets/${budget.budget_id}`)
    return { run: `${number} ${client.version} ${way}${hubDown ? ', hub down' : ''}`, callsOver, wrong }
  }
}
