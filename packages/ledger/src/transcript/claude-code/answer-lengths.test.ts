import fc from 'fast-check'
import { expect, test } from 'vitest'
import { measureParsed } from './answer-lengths.ts'
import { FoundLineReader } from './extract-call.ts'
import { ScanKernel } from './scan-kernel.ts'

const kernel = new ScanKernel()
const reader = new FoundLineReader(kernel)

/** Measures the content of a row as the scan does. */
function measureRow(row: object): ReturnType<typeof measureParsed> | undefined {
  const line = Buffer.from(`${JSON.stringify(row)}\n`)
  kernel.grow(line.length)
  line.copy(kernel.bytes, kernel.base)
  const end = kernel.nextLine(kernel.base, kernel.base + line.length)
  let lengths: ReturnType<typeof measureParsed> | undefined
  reader.read(end, () => {
    lengths = reader.measure()
  })
  return lengths
}

function rowOf(content: unknown): object {
  const message = { id: 'msg_1', model: 'claude-opus-5', content, stop_reason: null, usage: { input_tokens: 1, output_tokens: 1 } }
  return { type: 'assistant', timestamp: '2026-11-20T10:00:00.000Z', message, uuid: 'u' }
}

test('the bytes of text, of input of tools and of thinking are measured, and nothing else', () => {
  const content = [
    { type: 'text', text: 'one "two"\n' },
    { type: 'tool_use', id: 'toolu_1', name: 'Bash', input: { command: 'echo "a"', nested: [1, { b: true }], empty: {} } },
    { type: 'thinking', thinking: 'hm', signature: 'x'.repeat(100) },
  ]
  // As JSON: one \"two\"\n, and {"command":"echo \"a\"","nested":[1,{"b":true}],"empty":{}}.
  const input = JSON.stringify((content[1] as { input: object }).input).length
  expect(measureRow(rowOf(content))).toEqual({ text: 13, tool_input: input, thinking: 2 })
})

test('thinking that is not shown is measured by its signature', () => {
  expect(measureRow(rowOf([{ type: 'thinking', thinking: '', signature: 'x'.repeat(1_220) }]))).toMatchObject({ thinking: 750 })
  expect(measureRow(rowOf([{ type: 'redacted_thinking', data: 'x'.repeat(400) }]))).toMatchObject({ thinking: 300 })
})

test('content that is no list of blocks has nothing', () => {
  for (const content of ['words', 7, null, {}, [], [null, 'a', 1, []], [{ text: null, input: null }]]) {
    expect(measureRow(rowOf(content)), JSON.stringify(content)).toEqual({ text: 0, tool_input: 0, thinking: 0 })
  }
  expect(measureRow(rowOf(undefined))).toEqual({ text: 0, tool_input: 0, thinking: 0 })
})

test('any content is measured in the bytes as when it is parsed', () => {
  const value = fc.jsonValue({ maxDepth: 3 })
  const block = fc.record(
    {
      type: fc.constantFrom('text', 'tool_use', 'thinking'),
      text: fc.string(),
      input: value,
      thinking: fc.string(),
      signature: fc.string({ maxLength: 400 }),
      more: value,
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(fc.array(fc.oneof({ weight: 5, arbitrary: block }, value), { maxLength: 5 }), (content) => {
      expect(measureRow(rowOf(content))).toEqual(measureParsed(content))
    }),
    { numRuns: 1_000 },
  )
})
