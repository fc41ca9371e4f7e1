import { countOf } from '@signalbox/contract/plural'
import type { ReactNode } from 'react'

export const questions = {
  // questions/answer-form.tsx
  whatIsAskedIs: 'What is asked is not known here: answer it in the terminal.',
  sendAnswer: 'Send answer',
  approve: 'Approve',
  allow: 'Allow',
  approveAndMore: 'Approve, and more',
  allowAlways: 'Allow always',
  always: (suggestions: string) => `Always: ${suggestions}`,
  whatToDoInstead: 'What to do instead',
  whatToDoInsteadOptional: 'What to do instead (optional)',
  keepPlanning: 'Keep planning',
  deny: 'Deny',

  // questions/choice-fields.tsx
  orInYourOwn: 'Or in your own words',

  // questions/question-card.tsx
  ago: (rest: ReactNode, text: ReactNode, age: ReactNode) => (
    <>
      {rest}
      {text}
      {age} ago
    </>
  ),
  sessionOnMachine: (text: ReactNode, machineId: string) => (
    <>
      {text} on {machineId},{' '}
    </>
  ),
  session: (sessionId: string) => `Session ${sessionId}`,
  subagent: (agentType: string) => `subagent ${agentType}, `,
  moreCharactersSeeTerminal: (cut: number) => `${cut} more characters: see the terminal.`,

  // questions/question-text.ts
  approvePlan: 'Approve the plan?',
  aQuestionForYou: 'A question for you',
  aPermission: 'A permission',
  allowTool: (tool: string) => `Allow ${tool}?`,
  allowed: 'allowed',
  allowedAlways: 'allowed always',
  denied: 'denied',
  answered: 'answered',
  decidedBy: (decided: string, by: string, text: string) => `${decided} by ${by}${text}`,
  withLink: ', with a link',
  theSessionGetsAnswer: (given: string) => `${given}. The session gets the answer …`,
  answeredSessionGoesOn: 'Answered. The session goes on.',
  theSessionGoesOn: (given: string) => `${given}. The session goes on.`,
  answeredInTerminal: (text: string) => `Answered in the terminal.${text}`,
  tooMomentLaterThat: (given: string) => ` ${given} too, a moment later: that did not count.`,
  theSessionHasEnded: 'The session has ended.',
  noOneHasAnswered: 'No one has answered in time. The terminal still asks.',
  theMachineThatAsked: (text: string) => `The machine that asked is gone.${text}`,
  andItIsNot: (given: string) => ` ${given}, and it is not known whether that counted.`,

  // questions/questions-panel.tsx
  questionsToAnswer: (open: number) => `${countOf(open, 'question')} to answer`,
  toAnswer: 'To answer',
}
