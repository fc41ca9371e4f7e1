import { usageError } from '../failure.ts'
import type { Io } from '../io.ts'
import { type PlannedRun, planRun } from './claude-arguments.ts'
import { copyOutput } from './copy-output.ts'
import { endLike, type OwnedProcess, startProcess } from './owned-child.ts'
import type { RunOptions, StartedRun } from './run-options.ts'
import type { RunReport } from './run-report.ts'

/**
 * Runs a program as if it were started without us, and reports to the hub what its parent can see. Whatever is wrong with
 * the hub, the program runs; only a slot that another session holds keeps it from starting.
 */
export async function runCommand(io: Io, command: readonly string[], options: RunOptions): Promise<void> {
  const plan = planRun(command, io.stdout.isTTY === true, options.session?.toLowerCase())
  check(plan, options)
  const say = (line: string) => void (options.verbose && io.stderr.write(`signalbox: ${line}\n`))
  // Modules that talk to the hub are loaded when the program is on its way.
  const claim = options.slot === undefined ? undefined : await (await import('./claim-slot.ts')).claimSlot(io, plan, options, say)
  const startedAt = io.now()
  let owned: OwnedProcess
  try {
    owned = await startProcess(io, plan.words, { readsStdout: plan.streamJson, env: environment(io, plan) })
  } catch (error) {
    await claim?.release()
    throw error
  }
  const report = plan.program === 'none' ? undefined : await openReport(io, { plan, options, pid: owned.pid, startedAt, say })
  const copy = owned.stdout === null ? undefined : copyOutput(io, owned.stdout, owned.ended, (piece) => report?.readOutput(piece))
  io.onClosedOutput = (output) => void (output === 'stdout' && copy?.close())

  const end = await owned.ended
  const endedAt = io.now()
  owned.releaseSignals()
  const leaving = onImpatience(io)
  await Promise.race([copy?.finished, aborted(leaving.signal)])
  await report?.finish(end, endedAt, leaving.signal)
  leaving.release()
  await endLike(io, end)
}

/** After the end of the program a signal can only mean that no one wants to wait. */
function onImpatience(io: Io): { readonly signal: AbortSignal; release(): void } {
  const leave = new AbortController()
  const removers = (['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const).map((signal) => io.onSignal(signal, () => leave.abort()))
  return {
    signal: leave.signal,
    release: () => {
      for (const remove of removers) remove()
    },
  }
}

function check({ sessionId }: PlannedRun, { session, slot, task }: RunOptions): void {
  if (session !== undefined && sessionId !== session.toLowerCase()) {
    throw usageError('--session names another session than the command itself.', 'Leave it out.')
  }
  if (sessionId === undefined && (slot !== undefined || task !== undefined)) {
    throw usageError('--slot and --task need to know the session before it starts.', 'Name it in the command: claude --resume ID.')
  }
}

/** Programs that the run starts may report about the session. */
function environment({ inheritedEnv }: Io, { sessionId }: PlannedRun): NodeJS.ProcessEnv {
  return sessionId === undefined ? inheritedEnv : { ...inheritedEnv, SIGNALBOX_SESSION_ID: sessionId }
}

async function openReport(io: Io, run: StartedRun): Promise<RunReport | undefined> {
  try {
    const { RunReport } = await import('./run-report.ts')
    return new RunReport(io, run)
  } catch (error) {
    run.say(`this run is not reported: ${(error as Error).message}`)
    return undefined
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
