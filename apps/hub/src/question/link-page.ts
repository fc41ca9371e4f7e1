import { type Answer, type AskedQuestion, MAX_ANSWER_CHARACTERS, type Question, type QuestionContent } from '@signalbox/contract/question'
import { type ConfirmField, confirmPage } from '../http/confirm-page.ts'
import type { LinkedPage } from '../http/linked-page.ts'

/** The page that a one-use link opens: what is asked, and buttons. */
export function linkPage({ kind, machine_id, project_id }: Question, content: QuestionContent, problem?: string): LinkedPage {
  const where = project_id === undefined ? `A session on ${machine_id} asks.` : `A session in ${project_id} on ${machine_id} asks.`
  const title = kind === 'permission' ? `Allow ${content.tool}?` : kind === 'plan' ? 'Approve this plan?' : 'Answer this question?'
  const details = [
    ...content.details.map(({ name, text, cut }) => ({
      name,
      text: cut === undefined ? text : `${text}\n… ${cut} more characters are not shown: see the terminal`,
    })),
    ...(content.suggestions.length === 0 ? [] : [{ name: 'Allow always means', text: content.suggestions.join('\n') }]),
  ]
  const html = confirmPage({
    title,
    lines: [...(problem === undefined ? [] : [problem]), where, 'The first answer counts; the terminal asks too.'],
    details,
    fields: [...(kind === 'question' ? content.choices.flatMap(fieldsOfChoice) : []), wordField],
    actions: [
      { value: 'allow', label: kind === 'permission' ? 'Allow' : kind === 'plan' ? 'Approve' : 'Send answer' },
      ...(content.suggestions.length === 0 ? [] : [{ value: 'allow_always', label: 'Allow always' }]),
      { value: 'deny', label: kind === 'plan' ? 'Keep planning' : 'Deny' },
    ],
  })
  return { html, status: 200 }
}

const wordField: ConfirmField = {
  kind: 'text',
  name: 'message',
  label: 'When you deny: what to do instead (optional)',
  maxLength: MAX_ANSWER_CHARACTERS,
}

function fieldsOfChoice({ question, several, options }: QuestionContent['choices'][number], index: number): ConfirmField[] {
  return [
    {
      kind: 'choice',
      name: `choice${index}`,
      label: question,
      several,
      options: options.map(({ label, description }, place) => ({ value: String(place), label, note: description })),
    },
    { kind: 'text', name: `text${index}`, label: 'Or in your own words', maxLength: MAX_ANSWER_CHARACTERS },
  ]
}

/** The answer that the form of the page has sent; undefined when it has none. */
export function answerOfForm({ content }: AskedQuestion, body: unknown): Answer | undefined {
  const form = (typeof body === 'object' && body !== null ? body : {}) as Record<string, string | undefined>
  if (form.action === 'deny') {
    const message = words(form.message)
    return { decision: 'deny', ...(message === undefined ? {} : { message }) }
  }
  if (form.action === 'allow_always') return { decision: 'allow_always' }
  if (form.action !== 'allow') return undefined
  const choices = content?.choices ?? []
  if (choices.length === 0) return { decision: 'allow' }
  const chosen = choices.map(({ options, several }, index) => {
    const names = several ? options.map((_, place) => form[`choice${index}.${place}`]) : [form[`choice${index}`]]
    const selected = names.filter((value) => value !== undefined && /^\d{1,2}$/.test(value)).map(Number)
    const text = words(form[`text${index}`])
    return { selected, ...(text === undefined ? {} : { text }) }
  })
  return chosen.some(({ selected, text }) => selected.length === 0 && text === undefined) ? undefined : { decision: 'allow', chosen }
}

function words(text: string | undefined): string | undefined {
  const plain = text
    ?.replace(/[\p{Surrogate}\0]/gu, '')
    .trim()
    .slice(0, MAX_ANSWER_CHARACTERS)
  return plain === '' ? undefined : plain
}
