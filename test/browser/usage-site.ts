import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A fake of the site with the usage page, on loopback; each test sets its responses. */
export interface UsageSite {
  /** Address of the usage page. */
  readonly url: string
  /** Paths requested. */
  readonly asked: string[]
  /** Handles the usage page; every other path behaves like a site with a sign-in. */
  page: (request: IncomingMessage, response: ServerResponse) => void
  /** Handles `/api/organizations/…/usage`; 404 when undefined. */
  answer: ((response: ServerResponse) => void) | undefined
  stop(): Promise<void>
}

/** Cookie of a signed-in browser. */
const COOKIE = 'signed=in'

export async function startUsageSite(): Promise<UsageSite> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    asked.push(path)
    response.setHeader('content-type', 'text/html; charset=utf-8')
    if (path === '/settings/usage') return site.page(request, response)
    if (/^\/api\/organizations\/[^/]+\/usage$/.test(path)) {
      if (site.answer !== undefined) return site.answer(response)
      response.statusCode = 404
      return response.end()
    }
    if (path.startsWith('/login')) return response.end(signInPage)
    if (path.startsWith('/enter')) {
      response.writeHead(302, { 'set-cookie': `${COOKIE}; Max-Age=1000000; HttpOnly; Path=/`, location: '/new' })
      return response.end()
    }
    if (path === '/new') return response.end('<main><h1>Good morning, Ada</h1></main>')
    response.statusCode = 404
    response.end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const site: UsageSite = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/settings/usage`,
    asked,
    page: (_, response) => void response.end(pageOf(fullRows)),
    answer: undefined,
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return site
}

/** Redirects browsers without the cookie to the sign-in page. */
export function requireSignIn(page: UsageSite['page']): UsageSite['page'] {
  return (request, response) => {
    if (request.headers.cookie?.includes(COOKIE)) return page(request, response)
    response.writeHead(302, { location: '/login?returnTo=%2Fsettings%2Fusage' })
    response.end()
  }
}

/** Submits itself after a second in a visible browser, as a user would. */
const signInPage = `<!doctype html><html lang="en"><title>Sign in</title><body><main><h1>Sign in</h1>
<form action="/enter"><input type="email" autocomplete="username"><button>Continue</button></form></main>
<script>if (!navigator.userAgent.includes('Headless')) setTimeout(() => document.querySelector('form').submit(), 1000)</script></body></html>`

export interface Row {
  readonly label: string
  readonly reset?: string
  readonly used?: string
}

export const fullRows = {
  session: { label: 'Current session', reset: 'Resets in 1 hr 12 min', used: '63% used' },
  weekly: [
    { label: 'All models', reset: 'Resets Thu 7:00 AM', used: '22% used' },
    { label: 'Opus only', reset: 'Resets Thu 7:00 AM', used: '5% used' },
  ],
}

export interface PageParts {
  readonly session?: Row
  readonly weekly?: readonly Row[]
  /** Shown between headings and rows. */
  readonly notices?: readonly string[]
  readonly language?: string
  readonly headings?: { readonly plan: string; readonly weekly: string }
  /** Script at the end of the body. */
  readonly script?: string
}

/** The usage page with realistic surroundings: a side bar with chats, bars, links, hidden text and notices. */
export function pageOf({ session, weekly = [], notices = [], language = 'en', headings, script = '' }: PageParts): string {
  const { plan, weekly: weeks } = headings ?? { plan: 'Plan usage limits', weekly: 'Weekly limits' }
  const notice = notices.map((text) => `<div class="notice"><p>${text}</p></div>`).join('')
  return `<!doctype html><html lang="${language}"><head><title>Usage</title><style>${style}</style></head><body>
<nav><a href="#">New chat</a><a href="#">Weekly limits</a><a href="#">99% used</a><a href="#">Ada Lovelace</a></nav>
<main><h1>Settings</h1><section><div class="head"><h2>${plan}</h2><span>Max (20x)</span></div>${notice}
<div id="session">${session === undefined ? '' : rowOf(session)}</div></section>
<section><h2>${weeks}</h2><a href="#">Learn more about usage limits</a>${notice}<div id="weekly">${weekly.map(rowOf).join('')}</div>
<p class="muted">Last updated: just now</p></section>
<section><h2>Extra usage</h2><p>Turn on extra usage to go on when you reach a limit.</p><img src="/picture.png" alt="12% used"></section></main>
<script>${script}</script></body></html>`
}

const style = `
  @font-face { font-family: own; src: url(/font.woff2) } body { font-family: own, sans-serif; display: flex }
  .head { display: flex; gap: 1em } .hidden { display: none } .bar { height: 8px; background: #ddd } .row { display: grid; grid-template-columns: 1fr 2fr 1fr }`

export function rowOf({ label, reset, used }: Row): string {
  return `<div class="row"><div><p>${label}</p>${reset === undefined ? '' : `<p>${reset}</p>`}</div><div class="bar" role="progressbar"></div>
<span class="hidden">88% used</span>${used === undefined ? '' : `<p>${used}</p>`}</div>`
}
