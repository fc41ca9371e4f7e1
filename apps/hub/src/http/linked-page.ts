import { confirmPage, confirmPageHeaders } from './confirm-page.ts'

/** The page that a one-use link opens, with its status code. */
export interface LinkedPage {
  readonly html: string
  readonly status: number
}

export const LINK_ENDED = 'The link was used already or has ended.'

/** Options of the routes of one-use links: the address is the secret, and the log would have it. */
export const linkedPageRoute = { config: { access: 'public', quiet: true, secretPath: true }, schema: { hide: true } } as const

/** The page of a link that does nothing any more. */
export function overPage(title: string, line: string): LinkedPage {
  return { html: confirmPage({ title, lines: [line] }), status: 410 }
}

/** The page of a link that has just done what it is for. */
export function donePage(title: string, line: string): LinkedPage {
  return { html: confirmPage({ title, lines: [line] }), status: 200 }
}

export function sendPage(reply: { headers(values: object): { code(status: number): unknown } }, { html, status }: LinkedPage): string {
  reply.headers(confirmPageHeaders).code(status)
  return html
}
