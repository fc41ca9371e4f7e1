// A hook of Claude Code before each tool call, near the line of a budget: it asks the collector of this machine whether the session
// may go on, by a file, and reads the answer from one. At the hard line it prints what holds the session between two calls: the tool
// still runs, and the model is not called again. Without an answer it prints nothing: for the session it was not there.
import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import {
  ALIVE_FILE,
  ALIVE_TTL_MS,
  ANSWER_FOLDER,
  ASK_FOLDER,
  type BudgetAnswer,
  type BudgetAsk,
  NEAR_FILE,
  readBudgetsSwitch,
} from '@signalbox/hub-address/budgets-folder'
import { plainText } from './plain-text.ts'

process.umask(0o077)

const LOOK_MS = 10
/** Less than the hook's timeout. The collector waits for other sessions at most two minutes. */
const MAX_WAIT_MS = 240_000
const MAX_REASON = 2_000

async function askBudgets(): Promise<void> {
  const text = fs.readFileSync(0, 'utf8')
  const folder = readBudgetsSwitch(process.env)
  if (folder === undefined || !fs.existsSync(path.join(folder, NEAR_FILE)) || !isAlive(folder)) return
  const event = JSON.parse(text) as Record<string, unknown>
  const [session_id, transcript_path] = [plainText(event.session_id, 100), plainText(event.transcript_path, 4_000)]
  if (event.hook_event_name !== 'PreToolUse' || session_id === undefined || transcript_path === undefined) return
  const answer = await ask(folder, {
    session_id,
    agent_id: plainText(event.agent_id, 200),
    transcript_path,
    tool_use_id: plainText(event.tool_use_id, 200),
  })
  if (answer?.verdict !== 'hold') return
  fs.writeSync(1, JSON.stringify({ continue: false, stopReason: answer.reason.slice(0, MAX_REASON) }))
}

async function ask(folder: string, question: BudgetAsk): Promise<BudgetAnswer | undefined> {
  const name = randomUUID()
  const [file, answer] = [path.join(folder, ASK_FOLDER, name), path.join(folder, ANSWER_FOLDER, name)]
  const draft = path.join(folder, `${name}.ask`)
  fs.writeFileSync(draft, JSON.stringify(question))
  fs.renameSync(draft, file)
  const remove = () => {
    for (const one of [file, answer]) fs.rmSync(one, { force: true })
  }
  process.on('exit', remove)
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => process.exit(0))
  const startedAt = performance.now()
  while (performance.now() - startedAt < MAX_WAIT_MS && isAlive(folder)) {
    const found = read(answer)
    if (found !== undefined) return JSON.parse(found) as BudgetAnswer
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
  return undefined
}

function read(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

/** Without a collector nothing is known. */
function isAlive(folder: string): boolean {
  const at = fs.statSync(path.join(folder, ALIVE_FILE), { throwIfNoEntry: false })?.mtimeMs
  return at !== undefined && Math.abs(Date.now() - at) < ALIVE_TTL_MS
}

// An error would become part of the session.
try {
  await askBudgets()
} catch {
  // Then the session goes on.
}
process.exit(0)
