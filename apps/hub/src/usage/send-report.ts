import { randomUUID } from 'node:crypto'
import type { UsageQuery, UsageReport } from '@signalbox/contract/usage'
import type { BlockWindow } from '@signalbox/usage/block'
import { reportCsv } from '@signalbox/usage/report-csv'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '../clock.ts'
import { isUnchanged } from '../http/etag.ts'
import { acceptsGzip, compressGzip, MIN_GZIP_BYTES } from '../http/gzip.ts'
import { type Sent, sent } from '../http/route.ts'
import type { UsageStore } from '../store/usage.ts'
import { type ReportDefaults, usageReport } from './report.ts'
import { ReportCache } from './report-cache.ts'

/** Size of the cache of reports. */
const MAX_CACHE_BYTES = 32 * 1024 * 1024

const formats = {
  json: { type: 'application/json; charset=utf-8', text: (report: UsageReport) => JSON.stringify(report) },
  csv: { type: 'text/csv; charset=utf-8', text: reportCsv },
}

/**
 * Sends reports as JSON or CSV, from the cache while no call was added that could change them.
 * @param windowAt finds the window, open at an instant, of the plan that the calls count against
 */
export function createReportSender(
  store: UsageStore,
  defaults: ReportDefaults,
  clock: Clock,
  windowAt: (query: UsageQuery, now: number) => Promise<BlockWindow | undefined>,
): (query: UsageQuery, request: FastifyRequest, reply: FastifyReply) => Promise<Sent> {
  const cache = new ReportCache(MAX_CACHE_BYTES)
  // A restart may change settings and prices.
  const processId = randomUUID().slice(0, 8)
  return async (query, request, reply) => {
    const kind = wantsCsv(request.headers.accept) ? 'csv' : 'json'
    const { type, text } = formats[kind]
    const now = clock.now()
    const build = async (window?: BlockWindow) => Buffer.from(text(await usageReport(store, query, defaults, now, window)))
    reply.type(type).header('vary', 'accept, accept-encoding')
    if (kind === 'csv') reply.header('content-disposition', `attachment; filename="usage-by-${query.group}.csv"`)
    const useGzip = acceptsGzip(request.headers['accept-encoding'])
    if (query.group === 'block') {
      // An open block changes with the clock and with the current limits.
      await send(reply, useGzip, await build(await windowAt(query, now)), compressGzip)
      return sent
    }
    const { revision } = await store.state()
    const version = `${processId}-${revision}`
    if (isUnchanged(request, reply, `W/"${version}-${kind}"`)) {
      reply.send()
      return sent
    }
    const cacheKey = `${kind} ${JSON.stringify(query)}`
    const plain = await cache.get(cacheKey, version, () => build())
    await send(reply, useGzip, plain, (body) => cache.get(`gzip ${cacheKey}`, version, () => compressGzip(body)))
    return sent
  }
}

async function send(reply: FastifyReply, useGzip: boolean, body: Buffer, compress: (body: Buffer) => Promise<Buffer>): Promise<void> {
  if (!useGzip || body.length < MIN_GZIP_BYTES) reply.send(body)
  else reply.header('content-encoding', 'gzip').send(await compress(body))
}

function wantsCsv(accept = ''): boolean {
  const csv = accept.indexOf('text/csv')
  const json = accept.indexOf('application/json')
  return csv !== -1 && (json === -1 || csv < json)
}
