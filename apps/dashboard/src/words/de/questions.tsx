import { countOf } from '@signalbox/contract/plural'
import type { questions as english } from '../en/questions.tsx'

export const questions: typeof english = {
  // questions/answer-form.tsx
  whatIsAskedIs: 'Was gefragt wird, ist hier nicht bekannt: antworte im Terminal.',
  sendAnswer: 'Antwort senden',
  approve: 'Zustimmen',
  allow: 'Erlauben',
  approveAndMore: 'Zustimmen, und mehr',
  allowAlways: 'Immer erlauben',
  always: (suggestions) => `Immer: ${suggestions}`,
  whatToDoInstead: 'Was stattdessen zu tun ist',
  whatToDoInsteadOptional: 'Was stattdessen (optional)',
  keepPlanning: 'Weiter planen',
  deny: 'Ablehnen',

  // questions/choice-fields.tsx
  orInYourOwn: 'Oder in eigenen Worten',

  // questions/question-card.tsx
  ago: (rest, text, age) => (
    <>
      {rest}
      {text}vor {age}
    </>
  ),
  sessionOnMachine: (text, machineId) => (
    <>
      {text} auf {machineId},{' '}
    </>
  ),
  session: (sessionId) => `Sitzung ${sessionId}`,
  subagent: (agentType) => `Subagent ${agentType}, `,
  moreCharactersSeeTerminal: (cut) => `${cut} weitere Zeichen: siehe Terminal.`,

  // questions/question-text.ts
  approvePlan: 'Dem Plan zustimmen?',
  aQuestionForYou: 'Eine Frage an dich',
  aPermission: 'Eine Erlaubnis',
  allowTool: (tool) => `${tool} erlauben?`,
  allowed: 'erlaubt',
  allowedAlways: 'immer erlaubt',
  denied: 'abgelehnt',
  answered: 'beantwortet',
  decidedBy: (decided, by, text) => `${decided} von ${by}${text}`,
  withLink: ', über einen Link',
  theSessionGetsAnswer: (given) => `${given}. Die Sitzung bekommt die Antwort …`,
  answeredSessionGoesOn: 'Beantwortet. Die Sitzung geht weiter.',
  theSessionGoesOn: (given) => `${given}. Die Sitzung geht weiter.`,
  answeredInTerminal: (text) => `Im Terminal beantwortet.${text}`,
  tooMomentLaterThat: (given) => ` Kurz danach auch ${given}: das zählte nicht mehr.`,
  theSessionHasEnded: 'Die Sitzung ist beendet.',
  noOneHasAnswered: 'Niemand hat rechtzeitig geantwortet. Das Terminal fragt noch.',
  theMachineThatAsked: (text) => `Die fragende Maschine ist weg.${text}`,
  andItIsNot: (given) => ` ${given}; ob das noch zählte, ist nicht bekannt.`,

  // questions/questions-panel.tsx
  questionsToAnswer: (open) => `${countOf(open, 'Frage', 'Fragen')} zu beantworten`,
  toAnswer: 'Zu beantworten',
}
