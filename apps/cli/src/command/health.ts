import { printable } from '@signalbox/contract/printable'
import type { Command } from 'commander'
import { Failure } from '../failure.ts'
import { findHub } from '../hub/find-hub.ts'
import type { Io } from '../io.ts'

/** A monitor that gets no answer for so long takes the hub for dead, in milliseconds. */
const TIMEOUT_MS = 5_000

export function health(command: Command, io: Io): void {
  command
    .option('--json', 'print the answer of the hub')
    .addHelpText(
      'after',
      `
Exit code 0 when the hub takes requests and its database answers, else 1. Needs no key. It asks the hub that commands find:
SIGNALBOX_URL, or the one that runs on DATA_DIR.

Examples:
  signalbox health
  signalbox health || systemctl --user restart signalbox-hub`,
    )
    .action((options: { json?: true }) => run(io, options))
}

async function run(io: Io, { json }: { json?: true }): Promise<void> {
  const { url, from } = findHub(io)
  const name = printable(url)
  let status: number
  let text: string
  try {
    const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(TIMEOUT_MS) })
    ;[status, text] = [response.status, await response.text()]
  } catch (error) {
    const { cause, name: kind } = error as Error & { cause?: { code?: string } }
    const reason = kind === 'TimeoutError' ? `within ${TIMEOUT_MS / 1000} s` : `(${cause?.code ?? 'no connection'})`
    throw new Failure(`the hub at ${name} does not answer ${reason}; the address is ${from}.`, 'Start it, or set SIGNALBOX_URL.')
  }
  const answer = readAnswer(text)
  if (json && answer !== undefined) io.stdout.write(`${JSON.stringify(answer)}\n`)
  if (status === 200 && answer?.ready === true) {
    if (!json) io.stdout.write(`The hub at ${name} is ready.\n`)
    return
  }
  const reason = typeof answer?.reason === 'string' ? printable(answer.reason) : `it answers with ${status}`
  throw new Failure(`the hub at ${name} is not ready: ${reason}.`)
}

function readAnswer(text: string): { readonly ready?: unknown; readonly reason?: unknown } | undefined {
  try {
    const answer: unknown = JSON.parse(text)
    return typeof answer === 'object' && answer !== null ? answer : undefined
  } catch {
    return undefined
  }
}
