import { printableJson } from '../printable.ts'
import { terminalOf } from '../terminal.ts'
import { wrapped } from '../wrapped.ts'

/** Prints an answer of the hub as it is. */
export function printJson(answer: unknown): void {
  process.stdout.write(`${printableJson(answer, 2)}\n`)
}

/** What was done: the hub's answer for a program, a sentence for people. */
export function tell(json: true | undefined, answer: unknown, sentence: string): void {
  if (json) printJson(answer)
  else process.stdout.write(`${sentence}\n`)
}

/** Below a table: which part of the list it is, and how to see the rest. */
export function restLine(shown: number, total: number, noun: string): string {
  if (shown >= total) return ''
  const terminal = terminalOf(process.stdout, process.env)
  const text = `${shown} of ${total} ${noun}; ${total - shown} more: --all, or --limit ${Math.min(total, shown * 5)}`
  return `\n${wrapped(text, terminal.columns)
    .map((line) => `${terminal.style('dim', line)}\n`)
    .join('')}`
}
