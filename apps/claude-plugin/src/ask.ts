// A hook of Claude Code for what a session asks: `ask.mjs` asks the hub and waits for an answer from elsewhere, while the terminal
// asks too. With `--settle` it is the process that finds out afterwards whose answer counted. Without an answer, it prints nothing:
// for the session it was not there.
import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import { readAnswersSetting } from '@signalbox/hub-address/answers-file'
import { useOutgoingProxy } from '@signalbox/hub-address/outgoing-proxy'
import { redactsProjects } from '@signalbox/hub-address/redaction'
import { AskedTool, transcriptOf } from './asked-tool.ts'
import { askHub, type OwnQuestion, reportEnd } from './asker.ts'
import { ClientStatusFile } from './client-status.ts'
import { decisionOutput } from './decision-output.ts'
import { findHubTarget } from './hub-target.ts'
import { fingerprint, projectId } from './observe-hook.ts'
import { plainText } from './plain-text.ts'
import { readQuestion } from './question-content.ts'
import { settlePrompt } from './settle.ts'
import { Settler, takeLeftPrompt } from './settler.ts'
import { takeAskerPlace } from './single-asker.ts'
import { StandingPrompt } from './standing-prompt.ts'

process.umask(0o077)

/** The entrypoint of `claude -p`. */
const PRINT = 'sdk-cli'
/** In this mode what would be asked is refused, and no one is to wait. */
const ASKS_NOBODY = 'dontAsk'
/** Reporting an end must not keep the process for long: the session does not wait for it, but the machine's owner may. */
const REPORT_MS = 5_000

async function ask(): Promise<void> {
  const { env } = process
  const text = fs.readFileSync(0, 'utf8')
  const setting = readAnswersSetting(env)
  // What is asked has names of folders.
  if (setting === undefined || redactsProjects(env)) return
  const event = JSON.parse(text) as Record<string, unknown>
  const isPrint = env.CLAUDE_CODE_ENTRYPOINT === PRINT
  if (event.hook_event_name !== 'PermissionRequest' || event.permission_mode === ASKS_NOBODY || (isPrint && !setting.print_runs)) return
  const asked = readQuestion(event)
  const session_id = plainText(event.session_id, 100)
  if (asked === undefined || session_id === undefined) return
  const giveUp = takeAskerPlace(env, event, env.SIGNALBOX_HOOK_DATA === undefined ? 'plugin' : 'settings')
  if (giveUp === undefined) return
  process.on('exit', giveUp)
  await useOutgoingProxy(env)
  const target = findHubTarget(env)
  const agentType = plainText(event.agent_type, 100)
  const project = projectId(env.CLAUDE_PROJECT_DIR) ?? projectId(event.cwd)
  const question: OwnQuestion = {
    question_id: randomUUID(),
    machine_id: target.machineId,
    session_id,
    ...(project === undefined ? {} : { project_id: project }),
    ...(agentType === undefined ? {} : { agent_type: agentType }),
    ...asked,
  }
  const clientPid = Number(env.CLAUDE_PID) > 1 ? Number(env.CLAUDE_PID) : process.ppid
  const transcript = transcriptOf(event)
  const call = transcript === undefined ? undefined : { transcript, tool: String(event.tool_name), input: fingerprint(event.tool_input) }
  const prompt = new StandingPrompt({
    clientPid,
    status: isPrint ? undefined : new ClientStatusFile(env, clientPid),
    call: call && new AskedTool(call, { isOver: false }),
  })
  prompt.start()

  const unwanted = new AbortController()
  const over = prompt.ended.then((end) => {
    unwanted.abort()
    return end
  })
  const { machine_id, session_id: _, project_id, question_id, kind } = question
  const settler = new Settler(process.argv[1] ?? '', {
    asker: { machine_id, session_id, ...(project_id === undefined ? {} : { project_id }) },
    question_id,
    kind,
    decision: undefined,
    clientPid,
    clientStart: prompt.clientStart,
    call,
    leftAt: Date.now(),
  })
  // The client ends its hooks with itself, and when the person at the terminal refuses: then by force, after a moment.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      settler.abandon()
      process.exit(0)
    })
  }
  const answer = await askHub(target, question, { waitMs: setting.wait_s * 1000, signal: unwanted.signal })
  if (answer === undefined) {
    const outcome = unwanted.signal.aborted ? await over : 'timed_out'
    await reportEnd(target, question, { question_id, kind, outcome: outcome === 'not_shown' ? 'timed_out' : outcome }, REPORT_MS)
    return await settler.dismiss()
  }
  // First of all: whatever ends this process now, what becomes of the answer is to be known.
  await settler.leave(answer.decision)
  // The person at the terminal may have been first by a moment.
  if (!prompt.isStanding && (await Promise.race([over, standsAgain(prompt)])) !== undefined) return
  const output = decisionOutput(event, answer)
  if (output !== undefined) fs.writeSync(1, output)
}

/** Resolves when the client waits again: there was a moment between two prompts. */
async function standsAgain(prompt: StandingPrompt): Promise<undefined> {
  while (!prompt.isStanding) await new Promise((resolve) => setTimeout(resolve, 50))
}

async function settle(): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => {})
  const left = takeLeftPrompt(process.env)
  await useOutgoingProxy(process.env)
  await settlePrompt(findHubTarget(process.env), process.env, left)
}

// An error would become part of the session.
try {
  await (process.argv[2] === '--settle' ? settle() : ask())
} catch {
  // Then the terminal alone asks.
}
process.exit(0)
