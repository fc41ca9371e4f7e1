import { randomUUID } from 'node:crypto'
import type { UsageQuery, UsageReport } from '@signalbox/contract/usage'
import type { BlockWindow } from '@signalbox/usage/block'
import { reportCsv } from '@signalbox/usage/report-csv'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '../clock.ts'
import { isUnchanged } from '../http/etag.ts'
import { acceptsGzip, gzipped, WORTH_GZIP } from '../http/gzip.ts'
import { type Sent, sent } from '../http/route.ts'
import type { UsageStore } from '../store/store.ts'
import { Answers } from './answers.ts'
import { type ReportDefaults, usageReport } from './report.ts'

/** Of reports that still hold, as they were sent. */
const MAX_KEPT_BYTES = 32 * 1024 * 1024

const formats = {
  json: { type: 'application/json; charset=utf-8', text: (report: UsageReport) => JSON.stringify(report) },
  csv: { type: 'text/csv; charset=utf-8', text: reportCsv },
}

/**
 * Sends reports as the client likes them, and the same one again while no call came that could change it.
 * @param windowAt the window of the plan that is open at an instant
 */
export function reportSender(
  store: UsageStore,
  defaults: ReportDefaults,
  clock: Clock,
  windowAt: (now: number) => Promise<BlockWindow | undefined>,
): (query: UsageQuery, request: FastifyRequest, reply: FastifyReply) => Promise<Sent> {
  const answers = new Answers(MAX_KEPT_BYTES)
  // Settings and prices may be others after a restart.
  const started = randomUUID().slice(0, 8)
  return async (query, request, reply) => {
    const kind = wantsCsv(request.headers.accept) ? 'csv' : 'json'
    const { type, text } = formats[kind]
    const now = clock.now()
    const make = async (window?: BlockWindow) => Buffer.from(text(await usageReport(store, query, defaults, now, window)))
    reply.type(type).header('vary', 'accept, accept-encoding')
    if (kind === 'csv') reply.header('content-disposition', `attachment; filename="usage-by-${query.group}.csv"`)
    const zip = acceptsGzip(request.headers['accept-encoding'])
    if (query.group === 'block') {
      // A block that is open changes with the clock, and with the readings of the plan.
      await send(reply, zip, await make(await windowAt(now)), gzipped)
      return sent
    }
    const { revision } = await store.state()
    const version = `${started}-${revision}`
    if (isUnchanged(request, reply, `W/"${version}-${kind}"`)) {
      reply.send()
      return sent
    }
    const question = `${kind} ${JSON.stringify(query)}`
    const plain = await answers.get(question, version, () => make())
    await send(reply, zip, plain, (body) => answers.get(`gzip ${question}`, version, () => gzipped(body)))
    return sent
  }
}

async function send(reply: FastifyReply, zip: boolean, body: Buffer, squeeze: (body: Buffer) => Promise<Buffer>): Promise<void> {
  if (!zip || body.length < WORTH_GZIP) reply.send(body)
  else reply.header('content-encoding', 'gzip').send(await squeeze(body))
}

function wantsCsv(accept = ''): boolean {
  const csv = accept.indexOf('text/csv')
  const json = accept.indexOf('application/json')
  return csv !== -1 && (json === -1 || csv < json)
}
