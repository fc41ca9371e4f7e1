import { printable, printableJson } from '@signalbox/contract/printable'
import type { Io } from '../io.ts'
import type { Terminal } from '../terminal.ts'
import { wrapText } from '../wrap-text.ts'

/** Prints an answer of the hub unchanged. */
export function printJson({ stdout }: Io, answer: unknown): void {
  stdout.write(`${printableJson(answer, 2)}\n`)
}

/** Prints the outcome of a change: the hub's answer with --json, else a sentence. */
export function printOutcome(io: Io, json: true | undefined, answer: unknown, sentence: string): void {
  if (json) printJson(io, answer)
  else io.stdout.write(`${sentence}\n`)
}

/** Prints a created object: the hub's answer with --json, else its full id on stdout, for the next command, and a sentence on stderr. */
export function printCreated(io: Io, json: true | undefined, answer: unknown, id: string, sentence: string): void {
  if (json) return void printJson(io, answer)
  io.stdout.write(`${printable(id)}\n`)
  io.stderr.write(`${sentence}\n`)
}

/** The note below a partial list, with the options that show the rest. */
export function formatRestLine(terminal: Terminal, shown: number, total: number, noun: string): string {
  if (shown >= total) return ''
  const text = `${shown} of ${total} ${noun}; ${total - shown} more: --all, or --limit ${Math.min(total, shown * 5)}`
  return `\n${wrapText(text, terminal.columns)
    .map((line) => `${terminal.style('dim', line)}\n`)
    .join('')}`
}
