import { expect, test } from 'vitest'
import { fitHelpText } from './help-text.ts'

const text = `
A machine is registered when a session runs on it;
its slots are declared by hand.

Examples:
  signalbox machines add box-2 --slots 1-4
  signalbox machines available     machines with a free slot
  signalbox machines invite   print the line that connects another machine`

test('paragraphs are filled, and explanations stand in one column', () => {
  expect(fitHelpText(text, 100)).toBe(`
A machine is registered when a session runs on it; its slots are declared by hand.

Examples:
  signalbox machines add box-2 --slots 1-4
  signalbox machines available  machines with a free slot
  signalbox machines invite     print the line that connects another machine`)
})

test('a column of explanations that is too narrow goes below the commands, which are never broken', () => {
  const lines = fitHelpText(text, 44).split('\n')
  expect(lines).toContain('  signalbox machines invite')
  expect(lines).toContain('      print the line that connects another')
  expect(lines).toContain('      machine')
  expect(lines.every((line) => line.length <= 44)).toBe(true)
})
