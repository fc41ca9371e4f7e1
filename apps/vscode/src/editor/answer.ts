import type { Answer, StateTrackingApiClient } from '@signalbox/client'
import { printable } from '@signalbox/contract/printable'
import type { AskedQuestion, QuestionChoice } from '@signalbox/contract/question'
import * as vscode from 'vscode'
import { labelText, messageText } from '../editor-text.ts'
import type { Fleet } from '../fleet.ts'
import { questionText } from '../question-text.ts'
import { projectName } from '../session-text.ts'

/** Asks the person what the session asks, and sends the answer. */
export async function askForAnswer(fleet: Fleet, client: StateTrackingApiClient, sessionId: string): Promise<void> {
  const question = fleet.questions.get(sessionId)
  if (question === undefined) return void vscode.window.showInformationMessage('Nothing is asked that can be answered here.')
  const answer = question.kind === 'question' ? await askChoices(question) : await askDecision(question)
  if (answer === undefined) return
  await client.answerQuestion(question.question_id, { ...answer, session_id: sessionId })
  void vscode.window.setStatusBarMessage('$(check) The session gets your answer.', 5_000)
}

async function askDecision(question: AskedQuestion): Promise<Answer | undefined> {
  const suggestions = question.content?.suggestions ?? []
  const items = [
    { label: '$(check) Allow', decision: 'allow' as const },
    ...(suggestions.length === 0
      ? []
      : [{ label: '$(check-all) Always Allow', detail: suggestions.map(labelText).join(', '), decision: 'allow_always' as const }]),
    { label: '$(close) Deny', decision: 'deny' as const },
    { label: '$(edit) Deny and Say Why', decision: 'deny' as const, withMessage: true },
  ]
  const chosen = await vscode.window.showQuickPick(items, {
    title: titleOf(question),
    placeHolder: questionText(question),
    ignoreFocusOut: true,
  })
  if (chosen === undefined) return undefined
  if (!('withMessage' in chosen)) return { decision: chosen.decision }
  const message = await vscode.window.showInputBox({
    title: titleOf(question),
    prompt: 'What the session should do instead',
    ignoreFocusOut: true,
  })
  return message === undefined ? undefined : { decision: 'deny', ...(message.trim() === '' ? {} : { message: message.trim() }) }
}

async function askChoices(question: AskedQuestion): Promise<Answer | undefined> {
  const chosen: NonNullable<Answer['chosen']> = []
  for (const choice of question.content?.choices ?? []) {
    const one = await askChoice(question, choice)
    if (one === undefined) return undefined
    chosen.push(one)
  }
  return { decision: 'allow', chosen }
}

async function askChoice(question: AskedQuestion, { question: text, several, options }: QuestionChoice) {
  const own = { label: '$(edit) Something else…', at: -1 }
  const items = [
    ...options.map(({ label, description }, at) => ({ label: labelText(label), detail: labelText(description ?? ''), at })),
    own,
  ]
  const how = { title: titleOf(question), placeHolder: printable(text), ignoreFocusOut: true }
  const picked = several
    ? await vscode.window.showQuickPick(items, { ...how, canPickMany: true })
    : [await vscode.window.showQuickPick(items, how)].filter((item) => item !== undefined)
  if (picked === undefined || picked.length === 0) return undefined
  const selected = picked.map(({ at }) => at).filter((at) => at >= 0)
  if (selected.length === picked.length) return { selected }
  const words = (await vscode.window.showInputBox({ ...how, prompt: messageText(text) }))?.trim()
  return words === undefined || words === '' ? undefined : { selected, text: words }
}

function titleOf({ project_id, agent_type }: AskedQuestion): string {
  return ['Answer', project_id === undefined ? undefined : projectName(project_id), agent_type]
    .filter((part) => part !== undefined)
    .map(printable)
    .join(' · ')
}
