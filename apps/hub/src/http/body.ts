import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { isDeeperThan } from '@signalbox/contract/metadata'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { HubError } from '../hub-error.ts'
import { tooLarge } from './error-handler.ts'

const unzip = promisify(gunzip)
/** Levels of a body: those of free data, and of what it is in. */
const MAX_BODY_DEPTH = 64

/** Reads JSON bodies, gzipped ones too; the limit of the route also holds for the decompressed size. */
export function readBodies(app: FastifyInstance): void {
  const strict = app.getDefaultJsonParser('error', 'error')
  const lax = app.getDefaultJsonParser('ignore', 'ignore')
  app.removeAllContentTypeParsers()
  // Without a body its type says nothing: curl and some libraries name one even so, and it need not be JSON.
  app.addHook('onRequest', async ({ headers }) => {
    const isEmpty = headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0
    if (isEmpty) delete headers['content-type']
  })
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const read = (bytes: Buffer) => {
      noteBody(request, bytes)
      const text = bytes.toString('utf8')
      // Many clients send the content type even without a body; the schema says whether one is needed.
      if (text === '') return done(null, undefined)
      const parse = request.routeOptions.config.anyKeys ? lax : strict
      parse(request, text, (error, value) => {
        if (error !== null) return done(text.trim() === '' ? error : notJson(text))
        // Before anything that may call itself for each level: schemas, hashes, files.
        if (isDeeperThan(value, MAX_BODY_DEPTH)) return done(tooDeep())
        done(null, value)
      })
    }
    if (request.headers['content-encoding'] === undefined) return read(body as Buffer)
    decompress(request, body as Buffer).then(read, (error: Error) => done(error))
  })
}

/** Keeps only the position of the parser's message: the rest quotes the body. */
function notJson(text: string): HubError {
  let position: string | undefined
  try {
    JSON.parse(text)
    return forbiddenKey()
  } catch (error) {
    position = /position \d+(?: \(line \d+ column \d+\))?/.exec((error as Error).message)?.[0]
  }
  return new HubError('validation_error', `The body is not JSON${position === undefined ? '' : `, at ${position}`}`, {
    apiCode: 'VALIDATION_INVALID_TYPE',
    suggestion: 'Check quotes, commas and brackets; keys and texts need double quotes.',
  })
}

/** The parser refuses what is JSON too: keys that would change the prototype of an object. */
function forbiddenKey(): HubError {
  return new HubError('validation_error', 'The body has a key __proto__, or a constructor with a prototype', {
    apiCode: 'VALIDATION_INVALID_TYPE',
    suggestion: 'Give the key another name.',
  })
}

function tooDeep(): HubError {
  return new HubError('validation_error', `The body is nested deeper than ${MAX_BODY_DEPTH}`, {
    apiCode: 'VALIDATION_OUT_OF_RANGE',
    suggestion: 'Send flatter data.',
  })
}

/** Notes the size of a decompressed body, and its hash: gzip does not make it another request. */
export function noteBody(request: FastifyRequest, bytes: Buffer): void {
  request.bodyBytes = bytes.length
  if (request.headers['idempotency-key'] !== undefined) request.bodyHash = createHash('sha256').update(bytes).digest('hex')
}

/** @throws HubError for a body that is too large or not as `Content-Encoding` says */
export async function decompress(request: FastifyRequest, body: Buffer): Promise<Buffer> {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase()
  if (encoding === undefined || encoding === '' || encoding === 'identity') return body
  if (encoding !== 'gzip' && encoding !== 'x-gzip') {
    throw new HubError('validation_error', `A body with Content-Encoding ${encoding} is not accepted`, {
      apiCode: 'VALIDATION_INVALID_TYPE',
      suggestion: 'Send it with gzip, or uncompressed.',
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
    anyKeys?: boolean
  }
  interface FastifyRequest {
    /** SHA-256 of the body, where the request carries an `Idempotency-Key`. */
    bodyHash: string | undefined
  }
}
