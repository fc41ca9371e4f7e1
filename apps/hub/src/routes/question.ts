import type { ServerResponse } from 'node:http'
import { type AskedQuestion, type Question, questionRoutes } from '@signalbox/contract/question'
import type { FastifyRequest } from 'fastify'
import { auditEntry } from '../http/audit.ts'
import { requireKey } from '../http/auth.ts'
import { confirmPageHeaders } from '../http/confirm-page.ts'
import { readForms } from '../http/form-body.ts'
import { OneUseLinks } from '../http/one-use-link.ts'
import type { Binding } from '../http/principal.ts'
import { type Sent, sent, serve } from '../http/route.ts'
import { HubError } from '../hub-error.ts'
import { answerForHook, describeQuestion, type HeldQuestion } from '../question/held-question.ts'
import { answerOfForm, type LinkedPage, linkPage, overPage } from '../question/link-page.ts'
import { QuestionBoard } from '../question/question-board.ts'
import { noSuchQuestion, whyOver } from '../question/question-error.ts'
import type { RouteContext } from '../route-context.ts'
import type { NewAuditEntry } from '../store/audit-entry.ts'

const SWEEP_INTERVAL_MS = 1_000
/** All that one question shows, each character of up to six bytes in JSON. */
const MAX_QUESTION_BYTES = 512 * 1024

/** Questions of sessions: hooks ask and wait, people answer. */
export async function question({ app, store, clock }: RouteContext): Promise<void> {
  const board = new QuestionBoard(clock, (event, data) => {
    // Screens follow the events; without the store they still poll.
    store.events.append([{ event, data }], { now: clock.now() }).catch((err: unknown) => app.log.warn({ err }, `${event} not published`))
  })
  const record = (entry: NewAuditEntry) => store.audit.append(entry, { now: clock.now() })
  const recordEnd = (entry: NewAuditEntry) => record(entry).catch((err: unknown) => app.log.warn({ err }, 'end of a question not recorded'))

  const sweeping = setInterval(() => {
    for (const ended of board.sweep()) {
      if (ended.answered !== undefined) void recordEnd({ action: 'question.ended', key_name: 'the hub', details: auditDetails(ended) })
    }
  }, SWEEP_INTERVAL_MS)
  sweeping.unref()
  app.addHook('preClose', async () => {
    clearInterval(sweeping)
    board.close()
  })

  serve(
    app,
    questionRoutes.ask,
    ({ body: { content, asked_ago_ms, expires_in_ms, ...fields } }) =>
      answerForHook(board.ask({ fields, content, askedAgoMs: asked_ago_ms, expiresInMs: expires_in_ms })),
    { bodyLimit: MAX_QUESTION_BYTES, quiet: true },
  )

  serve(
    app,
    questionRoutes.wait,
    async ({ params: { question_id }, body: { machine_id, wait_ms }, reply }) => {
      requireAsker(board.find(question_id), machine_id)
      return answerForHook(await board.wait(question_id, wait_ms, onDisconnect(reply.raw)))
    },
    { quiet: true },
  )

  serve(app, questionRoutes.end, async ({ params: { question_id }, body, request, reply }): Promise<Sent> => {
    const { machine_id, session_id, kind, outcome, decision } = body
    const known = board.list().find(({ fields }) => fields.question_id === question_id)
    if (known !== undefined) requireAsker(known, machine_id)
    const ended = await board.end(question_id, outcome)
    // A hub that was started meanwhile does not know the question, and what became of the answer is still true.
    const details = ended ?? (known === undefined ? { question_id, session_id, machine_id, kind, outcome } : undefined)
    if (details !== undefined && (decision !== undefined || outcome === 'terminal' || ended?.answered !== undefined)) {
      await recordEnd(auditEntry(request, 'question.ended', { ...auditDetails(details), ...(decision === undefined ? {} : { decision }) }))
    }
    reply.code(204).send()
    return sent
  })

  serve(app, questionRoutes.list, ({ query: { session_id, machine_id, state }, request }) => {
    requireKey(request)
    return board
      .list()
      .filter(({ fields }) => isBoundTo(request.principal?.bound, fields))
      .filter(({ fields }) => session_id === undefined || fields.session_id === session_id)
      .filter(({ fields }) => machine_id === undefined || fields.machine_id === machine_id)
      .map(withContent)
      .filter((one) => state === undefined || state.includes(one.state))
  })

  serve(app, questionRoutes.read, ({ params: { question_id }, request }) => withContent(requireShown(request, question_id)))

  serve(app, questionRoutes.answer, async ({ params: { question_id }, body: { session_id, ...answer }, request }) => {
    requireSession(requireShown(request, question_id), session_id)
    const { by, name } = request.principal!
    const answerer = { via: by === 'cookie' ? 'page' : 'key', by: name } as const
    return await board.answer(question_id, answerer, answer, (answered) =>
      record(auditEntry(request, 'question.answered', auditDetails(answered))),
    )
  })

  const links = new OneUseLinks(await store.keys.cookieSecret(), 'answer a question', clock)

  serve(app, questionRoutes.link, ({ params: { question_id }, body, request, reply }) => {
    const held = requireShown(request, question_id)
    requireSession(held, body?.session_id)
    const { id, name } = request.principal!
    const token = links.create({ question_id, key_id: id, key_name: name }, Math.max(1, held.expiresAt - clock.now()))
    reply.code(201)
    return { url: `${app.ownAddress.url(request)}/q/${token}`, expires_at: describeQuestion(held).expires_at }
  })

  // The address is the secret; the log would have it.
  const page = { config: { access: 'public', quiet: true } as const, schema: { hide: true } }
  await app.register(async (forms) => {
    readForms(forms)
    forms.get<{ Params: { token: string } }>('/q/:token', page, async ({ params }, reply) => {
      const link = links.read(params.token)
      return sendPage(reply, link === undefined ? overPage('The link was used already or has ended.') : pageOf(link.claims.question_id!))
    })
    forms.post<{ Params: { token: string }; Body: unknown }>('/q/:token', page, async (request, reply) => {
      const link = links.read(request.params.token)
      if (link === undefined) return sendPage(reply, overPage('The link was used already or has ended.'))
      const { question_id = '', key_id = '', key_name = '' } = link.claims
      try {
        const answer = answerOfForm(board.find(question_id), request.body)
        if (answer === undefined) return sendPage(reply, pageOf(question_id, 'Choose an answer first.'))
        await board.answer(question_id, { via: 'link', by: key_name }, answer, (answered) =>
          record({ ...auditEntry(request, 'question.answered', auditDetails(answered)), key_id, key_name }),
        )
        links.take(request.params.token)
        return sendPage(reply, overPage('Your answer was taken. The session goes on.', 'Answered'))
      } catch (error) {
        if (!(error instanceof HubError)) throw error
        return sendPage(reply, overPage(`${error.message}.`))
      }
    })
  })

  function pageOf(question_id: string, problem?: string): LinkedPage {
    const held = board.list().find(({ fields }) => fields.question_id === question_id)
    if (held === undefined)
      return overPage('The question is over, or the hub was restarted: then it is asked again within seconds. Load this page again.')
    const described = describeQuestion(held)
    return held.content === undefined || described.state !== 'open'
      ? overPage(`${whyOver(described)}.`)
      : linkPage(described, held.content, problem)
  }

  /** @throws HubError `not_found`, also for a question that the key may not see */
  function requireShown(request: FastifyRequest, id: string): HeldQuestion {
    requireKey(request)
    const held = board.find(id)
    if (!isBoundTo(request.principal?.bound, held.fields)) throw noSuchQuestion(id)
    return held
  }
}

function withContent(held: HeldQuestion): AskedQuestion {
  return { ...describeQuestion(held), ...(held.content === undefined ? {} : { content: held.content }) }
}

/** What the audit log has of a question: never what is asked or said. */
function auditDetails(question: Partial<Question>): NewAuditEntry['details'] {
  const { question_id, session_id, machine_id, kind, answered, outcome } = question
  return {
    question_id,
    session_id,
    machine_id,
    kind,
    ...(answered === undefined ? {} : { decision: answered.decision, via: answered.via, by: answered.by }),
    ...(outcome === undefined ? {} : { outcome }),
  }
}

/** @throws HubError `not_found` for a question of another machine */
function requireAsker({ fields }: HeldQuestion, machine: string): void {
  if (fields.machine_id !== machine) throw noSuchQuestion(fields.question_id)
}

/** @throws HubError `not_found` for a question of another session than the request names */
function requireSession({ fields }: HeldQuestion, session: string | undefined): void {
  if (session !== undefined && fields.session_id !== session) throw noSuchQuestion(fields.question_id)
}

function isBoundTo(bound: Binding | undefined, { machine_id, project_id }: HeldQuestion['fields']): boolean {
  if (bound?.machine_id !== undefined && bound.machine_id !== machine_id) return false
  return bound?.project_id === undefined || bound.project_id === project_id
}

function sendPage(reply: { headers(values: object): { code(status: number): unknown } }, { html, status }: LinkedPage): string {
  reply.headers(confirmPageHeaders).code(status)
  return html
}

/** A signal that aborts when the client goes before it has its answer. */
function onDisconnect(response: ServerResponse): AbortSignal {
  const gone = new AbortController()
  response.once('close', () => {
    if (!response.writableEnded) gone.abort()
  })
  if (response.destroyed) gone.abort()
  return gone.signal
}
