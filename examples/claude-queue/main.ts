// Works through prompts with Claude Code, one session for each, in the free slots of a machine. A session that fails is
// recovered once, and goes on where it stopped.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { ConflictError, type Session, StateTrackingApiClient, type TrackedSession } from '@signalbox/client'
import { findHub } from '@signalbox/hub-address/find-hub'

const { values, positionals: prompts } = orExit(() =>
  parseArgs({
    allowPositionals: true,
    options: {
      machine: { type: 'string', default: 'claude-queue' },
      project: { type: 'string', default: 'claude-queue' },
      slots: { type: 'string', default: '2' },
      /** The words of the command, separated by spaces; `signalbox run -- claude` reports more. */
      command: { type: 'string', default: 'claude' },
    },
  }),
)
const client = orExit(connect)
const slots = Array.from({ length: Number(values.slots) }, (_, index) => index + 1)
const onError = (error: Error) => console.error(`the hub could not be updated: ${error.message}`)

/** A client of the hub that the commands of this machine call, with the same key. */
function connect(): StateTrackingApiClient {
  const { url, key, warnings } = findHub(process.env)
  for (const warning of warnings) console.error(`warning: ${warning}`)
  return new StateTrackingApiClient({ baseUrl: url, apiKey: key })
}

/** What `work` returns; an error ends the program with its message. */
function orExit<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    console.error(describe(error))
    process.exit(1)
  }
}

/** What went wrong and, where the hub or a setting says it, what to do; no stack. */
function describe(error: unknown): string {
  const { message, suggestion } = error as Error & { readonly suggestion?: string }
  return suggestion === undefined ? message : `${message}\n${suggestion}`
}

/** Runs `claude -p` for a session of the hub; both have the same id. @throws an Error when it fails */
async function runClaude(session: Session, words: readonly string[]): Promise<void> {
  const [program = 'claude', ...args] = values.command.split(' ')
  const child = spawn(program, [...args, '-p', ...words], { stdio: ['ignore', 'inherit', 'inherit'] })
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
  if (code !== 0) throw new Error(`claude ended with ${signal ?? `exit code ${code}`}`)
  console.log(`session ${session.session_id} is done`)
}

/** Creates the session in the first slot that is free, and works in it. @returns false when no slot is free */
async function workInFreeSlot(prompt: string): Promise<boolean> {
  const machine = (await client.findAvailableMachines()).find(({ machine_id }) => machine_id === values.machine)
  for (const docker_slot of machine?.available_slot_numbers ?? []) {
    let id: string | undefined
    const work = async (session: TrackedSession) => {
      id = session.session_id
      await session.task(prompt.slice(0, 100), () => runClaude(session, ['--session-id', session.session_id, prompt]))
    }
    try {
      await client.trackSession({ project_id: values.project, machine_id: values.machine, docker_slot, onError }, work)
      return true
    } catch (error) {
      // Another program was quicker: the next slot.
      if (id === undefined && error instanceof ConflictError) continue
      if (id === undefined) throw error
      console.error(`session ${id} failed: ${(error as Error).message}`)
      await recover(id)
      return true
    }
  }
  return false
}

/** Continues a failed session, with its context, and with the task that it left. */
async function recover(id: string): Promise<void> {
  const { attempt } = await client.recoverSession(id)
  await client.resumeSession(id, { attempt, onError }, async (session) => {
    const { tasks } = await client.getSessionTaskProgress(id)
    for (const task of [...tasks.pending, ...tasks.failed]) {
      await session.task(task, () => runClaude(session, ['--resume', id, 'Something went wrong. Go on where you stopped.']))
    }
  })
}

async function worker(): Promise<void> {
  for (let prompt = prompts.shift(); prompt !== undefined; prompt = prompts.shift()) {
    while (!(await workInFreeSlot(prompt))) await new Promise((resolve) => setTimeout(resolve, 2_000))
  }
}

async function register(): Promise<void> {
  try {
    await client.createMachine({ machine_id: values.machine, hostname: values.machine, docker_slots: slots })
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error
    // It is there from an earlier run.
    await client.updateMachine(values.machine, { docker_slots: slots, status: 'online' })
  }
}

try {
  await register()
  const results = await Promise.allSettled(slots.map(worker))
  for (const result of results) if (result.status === 'rejected') console.error(describe(result.reason))
  process.exitCode = results.every(({ status }) => status === 'fulfilled') ? 0 : 1
} catch (error) {
  console.error(describe(error))
  process.exitCode = 1
}
