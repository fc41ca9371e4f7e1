import { questionContentSchema } from '@signalbox/contract/question'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readQuestion } from './question-content.ts'

it('a permission shows each input of the tool and what always would allow', () => {
  const event = {
    tool_name: 'Bash',
    tool_input: { command: 'npm test', timeout: 1000, description: '' },
    permission_suggestions: [
      { type: 'addRules', rules: [{ toolName: 'Bash', ruleContent: 'npm test:*' }], behavior: 'allow', destination: 'localSettings' },
      { type: 'setMode', mode: 'acceptEdits', destination: 'session' },
      { type: 'addDirectories', directories: ['/tmp/x'], destination: 'session' },
    ],
  }
  expect(readQuestion(event)).toEqual({
    kind: 'permission',
    content: {
      tool: 'Bash',
      details: [
        { name: 'command', text: 'npm test' },
        { name: 'timeout', text: '1000' },
      ],
      suggestions: [
        'Bash(npm test:*), in this project, for this user',
        'permission mode acceptEdits, for this session',
        'folders /tmp/x, for this session',
      ],
      choices: [],
    },
  })
})

it('the questions of the model and a plan are kinds of their own', () => {
  const options = [{ label: 'Red', description: 'warm' }, { label: 'Blue' }]
  const questions = [{ question: 'Which?', header: 'Colour', multiSelect: true, options }]
  expect(readQuestion({ tool_name: 'AskUserQuestion', tool_input: { questions } })).toEqual({
    kind: 'question',
    content: {
      tool: 'AskUserQuestion',
      details: [],
      suggestions: [],
      choices: [{ question: 'Which?', header: 'Colour', several: true, options }],
    },
  })
  expect(readQuestion({ tool_name: 'ExitPlanMode', tool_input: { plan: '# Do it' } })).toMatchObject({
    kind: 'plan',
    content: { details: [{ name: 'plan', text: '# Do it' }] },
  })
})

it('what is too long is cut, and said', () => {
  const found = readQuestion({ tool_name: 'Write', tool_input: { content: 'x'.repeat(1_000_000), file_path: '/a' } })
  expect(found?.content.details).toEqual([
    { name: 'content', text: 'x'.repeat(12_000), cut: 988_000 },
    { name: 'file_path', text: '/a' },
  ])
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`n${index}`, 'y']))
  expect(readQuestion({ tool_name: 'X', tool_input: many })?.content.details.at(-1)).toEqual({
    name: 'more',
    text: '81 more inputs are not shown',
  })
})

it('whatever a tool is asked with, the hub takes it', () => {
  fc.assert(
    fc.property(
      fc.record({
        tool_name: fc.oneof(fc.string({ unit: 'binary', minLength: 1 }), fc.constantFrom('AskUserQuestion', 'ExitPlanMode', 'Bash')),
        tool_input: fc.oneof(
          fc.jsonValue(),
          fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()),
          fc.record({ questions: fc.jsonValue() }),
        ),
        permission_suggestions: fc.oneof(
          fc.jsonValue(),
          fc.array(fc.record({ type: fc.string(), rules: fc.jsonValue(), destination: fc.string() })),
        ),
      }),
      (event) => {
        const found = readQuestion(event)
        if (found !== undefined) questionContentSchema.parse(found.content)
      },
    ),
    { numRuns: 300 },
  )
})
