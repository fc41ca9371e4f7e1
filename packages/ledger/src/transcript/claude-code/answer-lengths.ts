import type { AnswerLengths } from '@signalbox/usage/output-estimate'
import { FOUND, type ScanKernel } from './scan-kernel.ts'
import { blockSlot } from './wanted-fields.ts'

/*
 * How much an answer of the model holds, for calls whose output is in no record. Only lengths leave these functions, in bytes of JSON.
 */

/** Where thinking is not shown, its signature has it encrypted, in base 64 and with so much around it. */
const SIGNATURE_OVERHEAD = 220
const BYTES_PER_CHARACTER = 0.75

export const noLengths: AnswerLengths = { text: 0, tool_input: 0, thinking: 0 }

/** Measures the `content` of the message that the kernel has read last. */
export function measureFound(kernel: ScanKernel): AnswerLengths {
  const { fieldStates, counts, ends } = kernel
  const lengthAt = (slot: number) => (fieldStates[slot] === FOUND ? counts[slot]! : 0)
  const signatures = fieldStates[blockSlot.signature] === FOUND ? ends[blockSlot.signature]! : 0
  return {
    text: lengthAt(blockSlot.text),
    tool_input: lengthAt(blockSlot.input),
    thinking: thinkingOf(lengthAt(blockSlot.thinking), lengthAt(blockSlot.signature), signatures, lengthAt(blockSlot.data)),
  }
}

/** Measures the parsed `content` of a message. */
export function measureParsed(content: unknown): AnswerLengths {
  if (!Array.isArray(content)) return noLengths
  const values = (name: string) =>
    content
      .filter((block: unknown) => typeof block === 'object' && block !== null && !Array.isArray(block))
      .map((block) => (block as Record<string, unknown>)[name])
      .filter((value) => value !== undefined && value !== null)
  const sum = (name: string) => values(name).reduce<number>((total, value) => total + lengthOf(value), 0)
  return {
    text: sum('text'),
    tool_input: sum('input'),
    thinking: thinkingOf(sum('thinking'), sum('signature'), values('signature').length, sum('data')),
  }
}

/** What the blocks of a record have of thinking, where that is shown and where only its signature is. */
function thinkingOf(thinking: number, signature: number, signatures: number, data: number): number {
  const signed = Math.max(0, signature - signatures * SIGNATURE_OVERHEAD) * BYTES_PER_CHARACTER
  return Math.round(Math.max(thinking, signed) + data * BYTES_PER_CHARACTER)
}

/** The bytes of a value as JSON, without the quotes of a text. */
function lengthOf(value: unknown): number {
  const bytes = Buffer.byteLength(JSON.stringify(value))
  return typeof value === 'string' ? bytes - 2 : bytes
}
