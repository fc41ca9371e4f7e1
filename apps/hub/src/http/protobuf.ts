import type { FastifyInstance, FastifyRequest } from 'fastify'
import { HubError } from '../hub-error.ts'
import { decompress, noteBody } from './body.ts'

const PROTOBUF = 'application/x-protobuf'
const JSON_OR_PROTOBUF = /^application\/(?:json|x-protobuf)\s*(?:;|$)/i

/** A kind of telemetry; each has a route. */
type Signal = 'logs' | 'metrics'

/** Loaded by the first request in protobuf: most hubs get none, and the library is a tenth of what a hub loads at its start. */
const loadProtobuf = () => import('../telemetry/protobuf.ts')

/**
 * Lets the routes of a scope receive their bodies in binary protobuf too, and answer such requests in kind, errors included.
 * The routes themselves read and answer JSON.
 * @param signalOf finds the messages of a route by its path
 */
export function acceptProtobuf(scope: FastifyInstance, signalOf: (url: string) => Signal): void {
  const signal = ({ routeOptions }: FastifyRequest) => signalOf(routeOptions.url ?? '')
  scope.addContentTypeParser(PROTOBUF, { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
    const bytes = await decompress(request, body)
    noteBody(request, bytes)
    const { NotProtobuf, readExport, signals } = await loadProtobuf()
    try {
      return readExport(signals[signal(request)], bytes)
    } catch (error) {
      if (!(error instanceof NotProtobuf)) throw error
      throw new HubError('validation_error', error.message, {
        apiCode: 'VALIDATION_INVALID_TYPE',
        suggestion: 'Send the message of this route, in parts if it is long, or JSON with "Content-Type: application/json".',
        cause: error,
      })
    }
  })
  scope.addHook('onSend', async (request, reply, payload) => {
    if (!isProtobuf(request) || typeof payload !== 'string') return payload
    const json = JSON.parse(payload)
    const { signals, writeResult, writeStatus } = await loadProtobuf()
    reply.type(PROTOBUF)
    return Buffer.from(reply.statusCode < 400 ? writeResult(signals[signal(request)], json) : writeStatus(String(json.message)))
  })
}

/** Refuses other encodings than those of `acceptProtobuf`. @throws HubError */
export function requireJsonOrProtobuf({ headers }: FastifyRequest): void {
  const type = headers['content-type']
  if (type === undefined || JSON_OR_PROTOBUF.test(type)) return
  throw new HubError('unsupported_media_type', 'Telemetry is accepted as JSON and as binary protobuf', {
    suggestion: 'Set OTEL_EXPORTER_OTLP_PROTOCOL to http/json or http/protobuf where Claude Code runs.',
  })
}

/** From the headers as they came: an empty body is an empty message, and for those `readBodies` removes the type. */
function isProtobuf({ raw: { rawHeaders } }: FastifyRequest): boolean {
  const name = rawHeaders.findIndex((text, index) => index % 2 === 0 && text.toLowerCase() === 'content-type')
  return name !== -1 && rawHeaders[name + 1]!.trim().toLowerCase().startsWith(PROTOBUF)
}
