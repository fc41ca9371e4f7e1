import { randomUUID } from 'node:crypto'
import type { UsageQuery, UsageReport } from '@signalbox/contract/usage'
import type { BlockWindow } from '@signalbox/usage/block'
import type { ProjectGroup } from '@signalbox/usage/project-map'
import { reportCsv } from '@signalbox/usage/report-csv'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '../clock.ts'
import { isUnchanged } from '../http/etag.ts'
import { acceptsGzip, compressGzip, MIN_GZIP_BYTES } from '../http/gzip.ts'
import { linkNext } from '../http/list.ts'
import { type Sent, sent } from '../http/route.ts'
import type { Store } from '../store/store.ts'
import type { UsageFilter } from '../store/usage.ts'
import { FilterNames, type FoundFilter } from './filter-names.ts'
import { Persons } from './persons.ts'
import { ProjectMaps } from './project-maps.ts'
import { type ReportDefaults, usageReport } from './report.ts'
import { ReportCache } from './report-cache.ts'
import { writeReportCursor } from './report-cursor.ts'

/** Size of the cache of reports. */
const MAX_CACHE_BYTES = 32 * 1024 * 1024

const formats = {
  json: { type: 'application/json; charset=utf-8', text: (report: UsageReport) => JSON.stringify(report) },
  csv: { type: 'text/csv; charset=utf-8', text: reportCsv },
}

/** A page of a report as it is sent. */
interface ReportBody {
  readonly body: Buffer
  /** The number of rows on all pages. */
  readonly rows: number
  /** Of the next page. */
  readonly cursor: string | undefined
  readonly length: number
}

/**
 * Sends reports as JSON or CSV, from the cache while no call was added that could change them.
 * @param windowAt finds the window, open at an instant, of the plan that the calls count against
 */
export function createReportSender(
  { usage, folders, limits, events }: Pick<Store, 'usage' | 'folders' | 'limits' | 'events'>,
  defaults: ReportDefaults & { readonly projectGroups: readonly ProjectGroup[] },
  clock: Clock,
  windowAt: (filter: UsageFilter, now: number) => Promise<BlockWindow | undefined>,
): (query: UsageQuery, request: FastifyRequest, reply: FastifyReply) => Promise<Sent> {
  const cache = new ReportCache<ReportBody>(MAX_CACHE_BYTES)
  const names = new FilterNames(usage, new ProjectMaps(folders, defaults.projectGroups), defaults.timezone)
  const persons = new Persons(limits, events, clock)
  // A restart may change settings and prices.
  const processId = randomUUID().slice(0, 8)
  return async (query, request, reply) => {
    const kind = wantsCsv(request.headers.accept) ? 'csv' : 'json'
    const { type, text } = formats[kind]
    const now = clock.now()
    const build = async ({ filter, meanings, projects, persons: people }: FoundFilter, window?: BlockWindow): Promise<ReportBody> => {
      const { report, rows, last } = await usageReport(usage, query, defaults, now, window, projects, filter, people)
      const answer = meanings === undefined ? report : { ...report, filters: meanings }
      return withBody({ rows, cursor: last && writeReportCursor(query.group, last) }, Buffer.from(text(answer)))
    }
    const setPage = ({ rows, cursor }: ReportBody) => {
      reply.header('x-total-count', rows)
      if (cursor !== undefined) linkNext(request, reply, { limit: String(query.limit), cursor })
    }
    reply.type(type).header('vary', 'accept, accept-encoding')
    if (kind === 'csv') reply.header('content-disposition', `attachment; filename="usage-by-${query.group}.csv"`)
    const useGzip = acceptsGzip(request.headers['accept-encoding'])
    const people = query.group === 'person' || query.split === 'person' || query.person !== undefined ? await persons.read() : undefined
    if (query.group === 'block') {
      // An open block changes with the clock and with the current limits.
      const found = await names.find(query, now, people?.map)
      const plain = await build(found, await windowAt(found.filter, now))
      setPage(plain)
      await send(reply, useGzip, plain.body, compressGzip)
      return sent
    }
    const { revision } = await usage.state()
    const version = `${processId}-${revision}${people === undefined ? '' : `-${people.revision}`}`
    if (isUnchanged(request, reply, `W/"${version}-${kind}"`)) {
      reply.send()
      return sent
    }
    const cacheKey = `${kind} ${JSON.stringify(query)}`
    const plain = await cache.get(cacheKey, version, async () => build(await names.find(query, now, people?.map)))
    setPage(plain)
    const compress = async (body: Buffer) =>
      (await cache.get(`gzip ${cacheKey}`, version, async () => withBody(plain, await compressGzip(body)))).body
    await send(reply, useGzip, plain.body, compress)
    return sent
  }
}

function withBody({ rows, cursor }: Pick<ReportBody, 'rows' | 'cursor'>, body: Buffer): ReportBody {
  return { body, rows, cursor, length: body.length }
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
