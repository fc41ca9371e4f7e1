import { createHash } from 'node:crypto'
import { printableLines } from '@signalbox/contract/printable'

export interface ConfirmPage {
  readonly title: string
  /** Paragraphs. */
  readonly lines: readonly string[]
  /** What is shown as it is, with line breaks, each under its name. */
  readonly details?: readonly { readonly name: string; readonly text: string }[]
  /** Buttons; each sends the form with its value as `action`. None: there is nothing to do. */
  readonly actions?: readonly { readonly value: string; readonly label: string }[]
  /** Fields before the buttons. */
  readonly fields?: readonly ConfirmField[]
}

export type ConfirmField =
  | { readonly kind: 'text'; readonly name: string; readonly label: string; readonly maxLength: number }
  | {
      readonly kind: 'choice'
      readonly name: string
      readonly label: string
      readonly several: boolean
      readonly options: readonly { readonly value: string; readonly label: string; readonly note?: string | undefined }[]
    }

/**
 * The page behind a one-use link: it says what the link does and asks once more, because scanners and previews follow links. It
 * has no script and loads nothing; the form goes to the address of the page itself.
 */
export function confirmPage({ title, lines, details = [], actions = [], fields = [] }: ConfirmPage): string {
  const form =
    actions.length === 0
      ? ''
      : `<form method="post">${fields.map(renderField).join('')}<p class="actions">${actions
          .map(({ value, label }) => `<button name="action" value="${escapeHtml(value)}">${escapeHtml(label)}</button>`)
          .join(' ')}</p></form>`
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">
<title>${escapeHtml(title)} · Signalbox</title><style>${style}</style></head>
<body><main><h1>${escapeHtml(title)}</h1>${lines.map((line) => `<p>${escapeHtml(line)}</p>`).join('')}${details
    .map(({ name, text }) => `<h2>${escapeHtml(name)}</h2><pre>${escapeHtml(text)}</pre>`)
    .join('')}${form}</main></body></html>
`
}

function renderField(field: ConfirmField): string {
  if (field.kind === 'text') {
    return `<p><label>${escapeHtml(field.label)}<br><input name="${escapeHtml(field.name)}" maxlength="${field.maxLength}" autocomplete="off"></label></p>`
  }
  const type = field.several ? 'checkbox' : 'radio'
  const options = field.options.map(
    ({ value, label, note }) =>
      `<label><input type="${type}" name="${escapeHtml(field.several ? `${field.name}.${value}` : field.name)}" value="${escapeHtml(value)}"> ${escapeHtml(label)}${
        note === undefined ? '' : ` <small>${escapeHtml(note)}</small>`
      }</label><br>`,
  )
  return `<fieldset><legend>${escapeHtml(field.label)}</legend>${options.join('')}</fieldset>`
}

/** Text of others may have characters that change what is around them. */
function escapeHtml(text: string): string {
  return printableLines(text).replace(/[&<>"']/g, (character) => entities[character]!)
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

const style =
  ':root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;margin:0;padding:1rem}main{max-width:40rem;margin:auto}' +
  'h1{font-size:1.4rem}h2{font-size:1rem;margin-bottom:.25rem}pre{white-space:pre-wrap;overflow-wrap:anywhere;padding:.75rem;margin:0;' +
  'border:1px solid #8888;border-radius:.4rem}button,input{font:inherit;min-height:2.75rem;padding:0 1rem}input:not([type]){width:100%;box-sizing:border-box}' +
  'input[type=radio],input[type=checkbox]{min-height:1.25rem;width:1.25rem}fieldset{margin:1rem 0}'

/** The headers that the page is sent with: it loads nothing, and its address, which is a secret, is given to no other site. */
export const confirmPageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
} as const
