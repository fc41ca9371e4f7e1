import type { QuestionContent } from '@signalbox/contract/question'
import { expect, it } from 'vitest'
import { checkAnswer } from './check-answer.ts'

const options = [{ label: 'Red' }, { label: 'Blue' }]
const content: QuestionContent = {
  tool: 'AskUserQuestion',
  details: [],
  suggestions: [],
  choices: [
    { question: 'Colour?', several: false, options },
    { question: 'Sizes?', several: true, options },
  ],
}
const permission: QuestionContent = { tool: 'Bash', details: [], suggestions: ['Bash(npm test)'], choices: [] }

it.each([
  [{ decision: 'allow', chosen: [{ selected: [0] }, { selected: [0, 1] }] }],
  [{ decision: 'allow', chosen: [{ selected: [], text: 'Green' }, { text: 'XL' }] }],
  [{ decision: 'deny' }],
  [{ decision: 'deny', message: 'Not now.' }],
] as const)('the questions of a model take %j', (answer) => {
  checkAnswer(structuredClone(answer) as never, 'question', content)
})

it.each([
  [{ decision: 'allow' }, /2 questions/],
  [{ decision: 'allow', chosen: [{ selected: [0] }] }, /2 questions/],
  [{ decision: 'allow', chosen: [{ selected: [2] }, { selected: [0] }] }, /chosen\[0\] names an option that is not there/],
  [{ decision: 'allow', chosen: [{ selected: [0] }, { selected: [1, 1] }] }, /chosen\[1\]/],
  [{ decision: 'allow', chosen: [{ selected: [0, 1] }, { selected: [0] }] }, /takes one/],
  [{ decision: 'allow_always' }, /suggests nothing/],
] as const)('they refuse %j', (answer, message) => {
  expect(() => checkAnswer(structuredClone(answer) as never, 'question', content)).toThrow(message)
})

it('a permission takes allow, allow always where something is suggested, and deny', () => {
  for (const decision of ['allow', 'allow_always', 'deny'] as const) checkAnswer({ decision }, 'permission', permission)
  expect(() => checkAnswer({ decision: 'allow_always' }, 'permission', { ...permission, suggestions: [] })).toThrow('suggests nothing')
  expect(() => checkAnswer({ decision: 'allow', message: 'x' }, 'permission', permission)).toThrow('A message goes with deny only')
  expect(() => checkAnswer({ decision: 'allow', chosen: [] }, 'permission', permission)).toThrow('questions of a model')
})
