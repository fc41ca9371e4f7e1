import { expect, it } from 'vitest'
import { decisionOutput } from './decision-output.ts'

const event = {
  hook_event_name: 'PermissionRequest',
  tool_name: 'Bash',
  tool_input: { command: 'npm test' },
  permission_suggestions: [{ type: 'setMode', mode: 'acceptEdits', destination: 'session' }],
}
const decisionOf = (output: string | undefined) =>
  (JSON.parse(output ?? '{}') as { hookSpecificOutput: { decision: unknown } }).hookSpecificOutput.decision

it('allow, allow always as the session suggests, and deny with a word', () => {
  expect(decisionOf(decisionOutput(event, { state: 'answered', decision: 'allow' }))).toEqual({ behavior: 'allow' })
  expect(decisionOf(decisionOutput(event, { state: 'answered', decision: 'allow_always' }))).toEqual({
    behavior: 'allow',
    updatedPermissions: event.permission_suggestions,
  })
  expect(decisionOf(decisionOutput(event, { state: 'answered', decision: 'deny', message: 'Not now.' }))).toEqual({
    behavior: 'deny',
    message: 'Not now.',
  })
})

it('a plan is allowed with its input, without which the client asks all the same', () => {
  const plan = { ...event, tool_name: 'ExitPlanMode', tool_input: { plan: '# In red' } }
  expect(decisionOf(decisionOutput(plan, { state: 'answered', decision: 'allow' }))).toEqual({
    behavior: 'allow',
    updatedInput: { plan: '# In red' },
  })
})

it('choices are answered with the labels of the model', () => {
  const questions = [
    { question: 'Which?', options: [{ label: 'Red' }, { label: 'Blue' }] },
    { question: 'Else?', options: [{ label: 'Yes' }] },
  ]
  const chosen = [{ selected: [1, 0] }, { selected: [], text: 'No way' }]
  expect(decisionOf(decisionOutput({ ...event, tool_input: { questions } }, { state: 'answered', decision: 'allow', chosen }))).toEqual({
    behavior: 'allow',
    updatedInput: { questions, answers: { 'Which?': 'Blue, Red', 'Else?': 'No way' } },
  })
})

it('an answer that does not fit says nothing', () => {
  expect(decisionOutput(event, { state: 'open' })).toBeUndefined()
  expect(decisionOutput(event, { state: 'answered', decision: 'allow', chosen: [{ selected: [0] }] })).toBeUndefined()
})
