import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { type AskedQuestion, type Question, questionRoutes } from '@signalbox/contract/question'
import type { FastifyRequest } from 'fastify'
import { keyNameOf } from '../alert/message-action.ts'
import { auditEntry } from '../http/audit.ts'
import { requireKey } from '../http/auth.ts'
import { readForms } from '../http/form-body.ts'
import { donePage, LINK_ENDED, type LinkedPage, linkedPageRoute, overPage, sendPage } from '../http/linked-page.ts'
import { OneUseLinks } from '../http/one-use-link.ts'
import type { Binding } from '../http/principal.ts'
import { type Sent, sent, serve } from '../http/route.ts'
import { HubError } from '../hub-error.ts'
import { answerForHook, type HeldQuestion } from '../question/held-question.ts'
import { answerOfForm, linkPage } from '../question/link-page.ts'
import { noSuchQuestion, whyOver } from '../question/question-error.ts'
import { Questions } from '../question/questions.ts'
import { TextSealer } from '../question/text-sealer.ts'
import type { RouteContext } from '../route-context.ts'
import type { NewAuditEntry } from '../store/audit-entry.ts'

const SWEEP_INTERVAL_MS = 1_000
const RELAY_INTERVAL_MS = 5_000
/** All that one question shows, each character of up to six bytes in JSON. */
const MAX_QUESTION_BYTES = 512 * 1024

const NEEDS_KEY = 'What sessions ask is shown to those who have shown a key'

const over = (line: string) => overPage('Nothing to answer', line)

/** Questions of sessions: hooks ask and wait, people answer. */
export async function question({ app, store, clock, config, alerts }: RouteContext): Promise<void> {
  const warn = (err: unknown, message: string) => app.log.warn({ err }, message)
  const questions = new Questions({
    clock,
    // Screens follow the events; without the store they still poll.
    publish: (event, data) =>
      void store.events.append([{ event, data }], { now: clock.now() }).catch((err) => warn(err, `${event} not published`)),
    relay: store.questions,
    // A setting of hubs that share a store.
    sealer: new TextSealer(config.alerts.secretKey),
    hub: randomUUID(),
    warn,
  })
  const record = (entry: NewAuditEntry) => store.audit.append(entry, { now: clock.now() })
  const recordEnd = (entry: NewAuditEntry) => record(entry).catch((err: unknown) => warn(err, 'end of a question not recorded'))

  const sweeping = setInterval(() => {
    for (const ended of questions.sweep()) {
      if (ended.answered !== undefined) void recordEnd({ action: 'question.ended', key_name: 'the hub', details: auditDetails(ended) })
    }
  }, SWEEP_INTERVAL_MS)
  sweeping.unref()
  const relaying = setInterval(
    () => void questions.keepRelay().catch((err: unknown) => warn(err, 'questions of other hubs not read')),
    RELAY_INTERVAL_MS,
  )
  relaying.unref()
  const stopListening = store.events.listen((events) => {
    for (const { event, data } of events) {
      if (event !== 'question.answered') continue
      questions.collectAnswer(String(data.question_id)).catch((err: unknown) => warn(err, 'an answer of another hub not read'))
    }
  })
  app.addHook('preClose', async () => {
    clearInterval(sweeping)
    clearInterval(relaying)
    stopListening()
    questions.close()
  })

  serve(
    app,
    questionRoutes.ask,
    ({ body: { content, asked_ago_ms, expires_in_ms, ...fields } }) =>
      answerForHook(questions.ask({ fields, content, askedAgoMs: asked_ago_ms, expiresInMs: expires_in_ms })),
    { bodyLimit: MAX_QUESTION_BYTES, quiet: true },
  )

  serve(
    app,
    questionRoutes.wait,
    async ({ params: { question_id }, body: { machine_id, wait_ms }, reply }) => {
      requireAsker(questions.own(question_id), machine_id)
      return answerForHook(await questions.wait(question_id, wait_ms, onDisconnect(reply.raw)))
    },
    { quiet: true },
  )

  serve(app, questionRoutes.end, async ({ params: { question_id }, body, request, reply }): Promise<Sent> => {
    const { machine_id, session_id, kind, outcome, decision } = body
    const known = questions.isOwn(question_id) ? questions.own(question_id) : undefined
    if (known !== undefined) requireAsker(known, machine_id)
    const ended = await questions.end(question_id, outcome)
    // A hub that was started meanwhile does not know the question, and what became of the answer is still true.
    const details = ended ?? (known === undefined ? { question_id, session_id, machine_id, kind, outcome } : undefined)
    if (details !== undefined && (decision !== undefined || outcome === 'terminal' || ended?.answered !== undefined)) {
      await recordEnd(auditEntry(request, 'question.ended', { ...auditDetails(details), ...(decision === undefined ? {} : { decision }) }))
    }
    reply.code(204).send()
    return sent
  })

  serve(app, questionRoutes.list, async ({ query: { session_id, machine_id, state }, request }) => {
    requireKey(request, NEEDS_KEY)
    return (await questions.list())
      .filter((one) => isBoundTo(request.principal?.bound, one))
      .filter((one) => session_id === undefined || one.session_id === session_id)
      .filter((one) => machine_id === undefined || one.machine_id === machine_id)
      .filter((one) => state === undefined || state.includes(one.state))
  })

  serve(app, questionRoutes.read, ({ params: { question_id }, request }) => requireShown(request, question_id))

  serve(app, questionRoutes.answer, async ({ params: { question_id }, body: { session_id, ...answer }, request }) => {
    requireSession(await requireShown(request, question_id), session_id)
    const { by, name } = request.principal!
    const answerer = { via: by === 'cookie' ? 'page' : 'key', by: name } as const
    return await questions.answer(question_id, answerer, answer, (answered) =>
      record(auditEntry(request, 'question.answered', auditDetails(answered))),
    )
  })

  const links = new OneUseLinks(await store.keys.cookieSecret(), 'answer a question', clock)

  // A session that waits for a person is answered from its alert.
  alerts.actions.add(async ({ kind, about }, channel) => {
    if (kind !== 'session_waiting') return undefined
    const asked = (await questions.list()).find(({ session_id, state }) => session_id === about.session_id && state === 'open')
    if (asked === undefined) return undefined
    if (!channel.action_links) return { label: 'Answer', path: `/app/sessions/${encodeURIComponent(asked.session_id)}` }
    const claims = { question_id: asked.question_id, key_id: channel.channel_id, key_name: keyNameOf(channel) }
    return { label: 'Answer', path: `/q/${links.create(claims, Math.max(1, Date.parse(asked.expires_at) - clock.now()))}` }
  })

  serve(app, questionRoutes.link, async ({ params: { question_id }, body, request, reply }) => {
    const asked = await requireShown(request, question_id)
    requireSession(asked, body?.session_id)
    const { id, name } = request.principal!
    const token = links.create({ question_id, key_id: id, key_name: name }, Math.max(1, Date.parse(asked.expires_at) - clock.now()))
    reply.code(201)
    return { url: `${app.ownAddress.url(request)}/q/${token}`, expires_at: asked.expires_at }
  })

  await app.register(async (forms) => {
    readForms(forms)
    forms.get<{ Params: { token: string } }>('/q/:token', linkedPageRoute, async ({ params }, reply) => {
      const link = links.read(params.token)
      return sendPage(reply, link === undefined ? over(LINK_ENDED) : await pageOf(link.claims.question_id!))
    })
    forms.post<{ Params: { token: string }; Body: unknown }>('/q/:token', linkedPageRoute, async (request, reply) => {
      const link = links.read(request.params.token)
      if (link === undefined) return sendPage(reply, over(LINK_ENDED))
      const { question_id = '', key_id = '', key_name = '' } = link.claims
      try {
        const answer = answerOfForm(await questions.find(question_id), request.body)
        if (answer === undefined) return sendPage(reply, await pageOf(question_id, 'Choose an answer first.'))
        await questions.answer(question_id, { via: 'link', by: key_name }, answer, (answered) =>
          record({ ...auditEntry(request, 'question.answered', auditDetails(answered)), key_id, key_name }),
        )
        links.take(request.params.token)
        return sendPage(reply, donePage('Answered', 'Your answer was taken. The session goes on.'))
      } catch (error) {
        if (!(error instanceof HubError)) throw error
        return sendPage(reply, over(`${error.message}.`))
      }
    })
  })

  async function pageOf(question_id: string, problem?: string): Promise<LinkedPage> {
    const asked = (await questions.list()).find((one) => one.question_id === question_id)
    if (asked === undefined) {
      return over('The question is over, or the hub was restarted: then it is asked again within seconds. Load this page again.')
    }
    const { content, ...question } = asked
    if (content !== undefined && asked.state === 'open') return linkPage(question, content, problem)
    return over(asked.state === 'open' ? 'What is asked cannot be read here: answer it in the terminal.' : `${whyOver(question)}.`)
  }

  /** @throws HubError `not_found`, also for a question that the key may not see */
  async function requireShown(request: FastifyRequest, id: string): Promise<AskedQuestion> {
    requireKey(request, NEEDS_KEY)
    const asked = await questions.find(id)
    if (!isBoundTo(request.principal?.bound, asked)) throw noSuchQuestion(id)
    return asked
  }
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
function requireSession({ session_id, question_id }: Question, session: string | undefined): void {
  if (session !== undefined && session_id !== session) throw noSuchQuestion(question_id)
}

function isBoundTo(bound: Binding | undefined, { machine_id, project_id }: Question): boolean {
  if (bound?.machine_id !== undefined && bound.machine_id !== machine_id) return false
  return bound?.project_id === undefined || bound.project_id === project_id
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
