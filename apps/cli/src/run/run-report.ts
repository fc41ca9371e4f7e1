import { randomUUID } from 'node:crypto'
import { toName } from '@signalbox/contract/printable'
import { readSettings } from '@signalbox/contract/setting'
import type { Io } from '../io.ts'
import { baseName } from './claude-arguments.ts'
import { Delivery } from './delivery.ts'
import type { ProcessEnd } from './owned-child.ts'
import { followProcessFile, processFilePath } from './process-file.ts'
import type { StartedRun } from './run-options.ts'
import { placeOf } from './run-place.ts'
import { RunSpool } from './run-spool.ts'
import { RunTask } from './run-task.ts'
import { sendTo } from './send-observations.ts'
import { SessionRecorder } from './session-recorder.ts'
import { lineReader, readStreamLine } from './stream-json.ts'

const HEARTBEAT_MS = 15_000
/** The exit waits for the hub no longer than this, in milliseconds. */
const FINISH_MS = 1_800

/** The name of a program, as a name of a session; undefined where none is left. */
function nameOfProgram(word: string): string | undefined {
  return toName(baseName(word), MAX_NAME_LENGTH) || undefined
}

/** The hub's limit for a name. */
const MAX_NAME_LENGTH = 200

/** What the hub learns of one run. No error in here reaches the run. */
export class RunReport {
  readonly #recorder: SessionRecorder
  readonly #delivery: Delivery
  readonly #task: RunTask | undefined
  readonly #say: StartedRun['say']
  readonly #heartbeat: NodeJS.Timeout
  readonly #stopFollowing: (() => void) | undefined
  readonly #readPiece: (piece: Buffer) => void

  constructor(io: Io, { plan, options, pid, startedAt, say }: StartedRun) {
    const runId = randomUUID()
    const { machineId, projectId } = placeOf(io, options)
    this.#say = say
    const delivery = new Delivery({
      send: sendTo(io, (reason) => say(`the hub rejects what this run reports: ${reason}`)),
      spool: new RunSpool(readSettings(io.env, ['DATA_DIR']).DATA_DIR),
      machineId,
      runId,
      startedAt,
      onChange: (problem) =>
        say(
          problem === undefined ? 'the hub answers again.' : `${problem.replace(/\.$/, '')}; what this run reports is kept and sent later.`,
        ),
    })
    const recorder = new SessionRecorder({
      runId,
      plan,
      pid,
      projectId,
      // Claude Code names its sessions itself.
      name: options.name ?? (plan.program === 'other' ? nameOfProgram(plan.words[0] ?? '') : undefined),
      now: io.now,
      startedAt,
      emit: (observation) => delivery.add(observation),
    })
    this.#delivery = delivery
    this.#recorder = recorder
    const { sessionId } = plan
    if (options.task !== undefined && sessionId !== undefined) {
      this.#task = new RunTask(io, { session_id: sessionId, project_id: projectId, machine_id: machineId }, options.task, say)
    }
    this.#heartbeat = setInterval(() => this.#safely(() => recorder.alive()), HEARTBEAT_MS)
    if (plan.program === 'claude' && !plan.print) {
      const file = processFilePath(io.inheritedEnv, pid)
      this.#stopFollowing = followProcessFile(file, startedAt, (content, changedAt) =>
        this.#safely(() => recorder.readProcessFile(content, changedAt)),
      )
    }
    this.#readPiece = lineReader((line) => {
      const fact = readStreamLine(line)
      if (fact !== undefined) recorder.readStream(fact)
    })
  }

  /** Reads a piece of `--output-format stream-json`. */
  readOutput(piece: Buffer): void {
    this.#safely(() => this.#readPiece(piece))
  }

  /** Reports the end, and sends or keeps what is left. */
  async finish(end: ProcessEnd, endedAt: number, leave: AbortSignal): Promise<void> {
    const timeIsOver = AbortSignal.any([leave, AbortSignal.timeout(FINISH_MS)])
    try {
      clearInterval(this.#heartbeat)
      this.#stopFollowing?.()
      // Before the end of the session, which fails the tasks that are not done.
      await this.#task?.end(end, timeIsOver)
      this.#recorder.end(end, endedAt)
      await this.#delivery.finish(timeIsOver)
    } catch (error) {
      this.#say(`the end of this run is not reported: ${(error as Error).message}`)
    }
  }

  #safely(report: () => void): void {
    try {
      report()
    } catch (error) {
      this.#say(`an event of this run is not reported: ${(error as Error).message}`)
    }
  }
}
