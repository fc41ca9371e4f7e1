import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AuditEntry } from '@signalbox/contract/audit'
import type { AskedQuestion } from '@signalbox/contract/question'
import { bash, script, text } from '../../support/messages-api.ts'
import type { ClientHome } from '../client-home.ts'
import type { ClientTerminal } from '../client-terminal.ts'
import type { AnsweringHub } from './answering-hub.ts'
import { type AskingSession, until } from './asking-session.ts'

/** How prompts are answered, in turn. Two that answer at once want opposite things, so that it shows who was first. */
export const ways = ['page', 'link', 'terminal', 'page and link', 'page and terminal', 'no one', 'hub killed'] as const
export type Way = (typeof ways)[number]

export interface PromptResult {
  readonly number: number
  readonly way: Way
  readonly version: string
  /** From the answer to the moment at which the session went on, in milliseconds; undefined where the answer was not one of ours alone. */
  readonly delayMs: number | undefined
  /** What was wrong. */
  readonly wrong: readonly string[]
}

export interface PromptOptions {
  readonly home: ClientHome
  readonly hub: AnsweringHub
  readonly session: AskingSession
  readonly number: number
  readonly way: Way
  readonly version: string
}

/** What a session did with a prompt: the only truth about who was first. */
type Done = 'allowed' | 'denied'

/** A client on a machine with twenty busy processes says late what it has done. */
const SETTLED_WITHIN_MS = 130_000

/** Lets a session ask for a permission, answers it, and compares what it did with what was answered and with the audit log. */
export async function provePrompt({ home, hub, session, number, way, version }: PromptOptions): Promise<PromptResult> {
  const { terminal, sessionId, cwd } = session
  const file = path.join(cwd, `made-${number}.txt`)
  const words = `Prompt ${number} is over.`
  const wrong: string[] = []
  await terminal.submit(script(bash(`echo ${number} > made-${number}.txt`), text(words)))
  const question = await until('a question at the hub', async () => (await hub.openQuestions(sessionId))[0])
  await terminal.waitForProcessFile(({ status }) => status === 'waiting')
  const { question_id } = question
  const shown = question.content?.details.find(({ name }) => name === 'command')?.text
  if (shown !== `echo ${number} > made-${number}.txt`) wrong.push(`the hub shows the command ${shown}`)

  const answersBefore = home.api.answersOf(sessionId).length
  const isAllowed = number % 2 === 0
  const [own, other] = isAllowed ? (['allow', 'deny'] as const) : (['deny', 'allow'] as const)
  let answeredAt = performance.now()
  let expected: Done | undefined = isAllowed ? 'allowed' : 'denied'
  /** Whether an answer of the hub's was accepted, and which. */
  const accepted: string[] = []
  const onPage = async (decision: 'allow' | 'deny') => {
    const status = await hub.answerOnPage(question_id, { decision })
    if (status === 200) accepted.push(decision)
    else if (status !== 409) wrong.push(`the page got ${status}`)
  }
  const byLink = async (decision: 'allow' | 'deny', link: string) => {
    const status = await hub.answerByLink(link, decision)
    if (status === 200) accepted.push(decision)
    else if (status !== 410) wrong.push(`the link got ${status}`)
  }
  const inTerminal = (decision: 'allow' | 'deny') => terminal.answerPermission(decision === 'allow' ? 'yes' : 'no')
  switch (way) {
    case 'page':
      await onPage(own)
      break
    case 'link': {
      const link = await hub.linkTo(question_id)
      answeredAt = performance.now()
      await byLink(own, link)
      break
    }
    case 'terminal':
      await inTerminal(own)
      break
    case 'page and link': {
      const link = await hub.linkTo(question_id)
      answeredAt = performance.now()
      await Promise.all([onPage(own), byLink(other, link)])
      expected = accepted[0] === 'allow' ? 'allowed' : 'denied'
      break
    }
    case 'page and terminal': {
      const key = await keyOf(terminal, own)
      // The one a moment before the other, by turns; a key takes its time on its way through the terminal.
      const leadMs = ((number * 7) % 40) - 20
      await Promise.all([sleep(Math.max(0, -leadMs)).then(() => terminal.type(key)), sleep(Math.max(0, leadMs)).then(() => onPage(other))])
      expected = undefined
      break
    }
    case 'no one': {
      await sleep(1_500)
      const still = await hub.question(question_id)
      if (still.state !== 'open') wrong.push(`without an answer it is ${still.state}`)
      await inTerminal(own)
      break
    }
    case 'hub killed': {
      await hub.kill()
      await sleep(300)
      await hub.start()
      const again = await until('the question at the new hub', async () => (await hub.openQuestions(sessionId))[0], 20_000)
      if (again.question_id !== question_id) wrong.push('it has another id after the restart')
      answeredAt = performance.now()
      await onPage(own)
    }
  }

  // After a denial the model is asked again, or the turn is over, as the terminal does it.
  const goesOn = () =>
    home.api.answersOf(sessionId).length > answersBefore || terminal.processFile()?.status === 'idle' ? true : undefined
  await until('the session going on', goesOn, 30_000).catch((error: Error) => wrong.push(error.message))
  const delayMs = performance.now() - answeredAt
  await terminal.waitForProcessFile(({ status }) => status === 'idle')
  // A key that came too late stands in the input.
  if (way === 'page and terminal') terminal.key('backspace')
  const done: Done = fs.existsSync(file) ? 'allowed' : 'denied'
  if (expected !== undefined && done !== expected) wrong.push(`the session has ${done} what was ${expected}`)
  if (accepted.length > 1) wrong.push('two answers were accepted')

  const settled = await until('the end of the question', async () => endedOf(await hub.question(question_id)), SETTLED_WITHIN_MS).catch(
    (error: Error) => void wrong.push(error.message),
  )
  const byHub = accepted[0] === undefined ? undefined : accepted[0] === 'allow' ? 'allowed' : 'denied'
  // With opposite answers, what the session did says whose counted.
  const outcome = byHub !== undefined && byHub === done ? 'applied' : 'terminal'
  if (settled !== undefined && settled.outcome !== outcome) wrong.push(`the page says ${settled.outcome}, and the truth is ${outcome}`)
  const truth = [...accepted.map((decision) => `question.answered ${decision}`), `question.ended ${outcome}`].sort().join()
  const readAudit = async () => (await hub.audit()).filter(({ details }) => details.question_id === question_id)
  const describe = (entries: readonly AuditEntry[]) =>
    entries
      .map(({ action, details }) => `${action} ${details.outcome ?? details.decision}`)
      .sort()
      .join()
  // The end of a question is recorded a moment after it.
  await until('the truth in the audit log', async () => (describe(await readAudit()) === truth ? true : undefined), 5_000).catch(() => {})
  const audit = await readAudit()
  if (describe(audit) !== truth) wrong.push(`the audit log has ${describe(audit)}; the truth is ${truth}`)
  if (JSON.stringify(audit).includes('made-')) wrong.push('the audit log has the command')
  const isAlone = way === 'page' || way === 'link' || way === 'hub killed' || way === 'page and link'
  return { number, way, version, delayMs: isAlone ? delayMs : undefined, wrong }
}

/** A client ignores keys for a moment after its question has appeared. */
const SHOWN_FOR_MS = 500

/** The key that answers the client's question, once the client takes keys. */
async function keyOf(terminal: ClientTerminal, decision: 'allow' | 'deny'): Promise<string> {
  const screen = await terminal.waitForScreen(/Do you want to[\s\S]*1\. Yes[\s\S]*\d\. No/)
  await sleep(SHOWN_FOR_MS)
  return decision === 'allow' ? '1' : (/(\d)\. No/.exec(screen)?.[1] ?? '3')
}

function endedOf(question: AskedQuestion): AskedQuestion | undefined {
  // A question that the hub takes for lost is corrected when its machine says more.
  return question.state === 'ended' && question.outcome !== 'lost' ? question : undefined
}
