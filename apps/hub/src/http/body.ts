import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { HubError } from '../hub-error.ts'
import { tooLarge } from './error-handler.ts'

const unzip = promisify(gunzip)

/** Reads JSON bodies, gzipped ones too; the limit of the route holds for what comes out as well. */
export function readBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const read = (bytes: Buffer) => {
      // Of the body as it was meant: whether it came gzipped makes no other request of it.
      if (request.headers['idempotency-key'] !== undefined) request.bodyHash = createHash('sha256').update(bytes).digest('hex')
      const text = bytes.toString('utf8')
      // Many clients name the type of every body, also of one that is not there.
      if (text === '' && request.routeOptions.config.bodyOptional) return done(null, undefined)
      parse(request, text, (error, value) => (error === null ? done(null, value) : done(text.trim() === '' ? error : notJson(text))))
    }
    if (request.headers['content-encoding'] === undefined) return read(body as Buffer)
    plain(request, body as Buffer).then(read, (error: Error) => done(error))
  })
}

/** Of the parser's words only the place: the rest quotes the body. */
function notJson(text: string): HubError {
  let place: string | undefined
  try {
    JSON.parse(text)
  } catch (error) {
    place = /position \d+(?: \(line \d+ column \d+\))?/.exec((error as Error).message)?.[0]
  }
  return new HubError('validation_error', `The body is not JSON${place === undefined ? '' : `, at ${place}`}`, {
    apiCode: 'VALIDATION_INVALID_TYPE',
    suggestion: 'Check quotes, commas and brackets; keys and texts need double quotes.',
  })
}

async function plain(request: FastifyRequest, body: Buffer): Promise<Buffer> {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase()
  if (encoding === undefined || encoding === '' || encoding === 'identity') return body
  if (encoding !== 'gzip' && encoding !== 'x-gzip') {
    throw new HubError('validation_error', `A body with Content-Encoding ${encoding} is not read here`, {
      apiCode: 'VALIDATION_INVALID_TYPE',
      suggestion: 'Send it with gzip, or as it is.',
    })
  }
  const limit = request.routeOptions.bodyLimit
  try {
    return await unzip(body, { maxOutputLength: limit })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(limit)
    throw new HubError('validation_error', 'The body is not gzip, though Content-Encoding says so', {
      apiCode: 'VALIDATION_INVALID_TYPE',
      cause: error,
    })
  }
}

declare module 'fastify' {
  interface FastifyContextConfig {
    bodyOptional?: boolean
  }
  interface FastifyRequest {
    /** SHA-256 of the body, where the request carries an `Idempotency-Key`. */
    bodyHash: string | undefined
  }
}
