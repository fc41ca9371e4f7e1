import path from 'node:path'
import { configFolder } from './credentials-file.ts'
import { readPrivateFile } from './private-file.ts'

/** What `signalbox hooks answers on` leaves on a machine. While it is there, questions of sessions are sent to the hub. */
export interface AnswersSetting {
  /** Seconds for which a question waits for an answer from elsewhere. */
  readonly wait_s: number
  /** Whether runs of `claude -p` wait too, which no one could answer otherwise. */
  readonly print_runs: boolean
}

export const DEFAULT_ANSWER_WAIT_S = 4 * 3600
export const MIN_ANSWER_WAIT_S = 1
/** Less than the timeout of the hook in the plugin's hooks.json, a day. */
export const MAX_ANSWER_WAIT_S = 23 * 3600

/** The shell script of the hook has the same rule. */
export function answersPath(env: NodeJS.ProcessEnv): string {
  return path.join(configFolder(env), 'answers.json')
}

/**
 * @returns undefined where it is off
 * @throws PrivateFileError when others can write it: they would switch it on
 */
export function readAnswersSetting(env: NodeJS.ProcessEnv): AnswersSetting | undefined {
  const found = readPrivateFile(answersPath(env))
  if (found === undefined) return undefined
  const { wait_s, print_runs } = parse(found.text)
  const wait = typeof wait_s === 'number' && Number.isFinite(wait_s) ? wait_s : DEFAULT_ANSWER_WAIT_S
  return { wait_s: Math.min(MAX_ANSWER_WAIT_S, Math.max(MIN_ANSWER_WAIT_S, wait)), print_runs: print_runs === true }
}

export function formatAnswersSetting({ wait_s, print_runs }: AnswersSetting): string {
  return `${JSON.stringify({ wait_s, print_runs }, null, 2)}\n`
}

function parse(text: string): { wait_s?: unknown; print_runs?: unknown } {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}
