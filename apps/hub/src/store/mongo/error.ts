import { MongoBulkWriteError, MongoError, MongoNetworkError, MongoServerError, MongoSystemError } from 'mongodb'
import { HubError } from '../../hub-error.ts'

/** Codes of a server that shuts down, starts, or is not primary, and of a write concern that timed out. */
const unavailableCodes = new Set([6, 7, 64, 89, 91, 100, 189, 262, 9001, 10058, 10107, 11600, 11602, 13435, 13436])
/** Errors of the driver, which have no code. */
const unavailableNames = new Set([
  'MongoNotConnectedError',
  'MongoTopologyClosedError',
  'MongoServerClosedError',
  'MongoClientClosedError',
  'MongoPoolClosedError',
  'MongoPoolClearedError',
  'MongoWaitQueueTimeoutError',
  'MongoOperationTimeoutError',
  'MongoStalePrimaryError',
  'MongoExpiredSessionError',
])
/** Errors of sockets and name resolution, which the driver passes on, as when a server has just died. */
const unavailableSystemCodes = new Set([
  'EPIPE',
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENODATA',
  'ESERVFAIL',
  'ERR_STREAM_DESTROYED',
])
const tooLarge = new Set([10334, 17280, 17419, 17420])
const DUPLICATE = 11_000

/** Converts an error of the driver to a HubError with a reason that a person can act on. Any other error is returned unchanged. */
export function storeError(error: unknown, operation: 'read' | 'write'): unknown {
  const inner = innermost(error)
  if (isTooLarge(inner)) {
    return new HubError('payload_too_large', 'This is more than the hub database can hold in one document', {
      suggestion: 'Send it in smaller parts.',
      cause: error,
    })
  }
  if (isUnavailableSystemError(error)) return unavailableError(error)
  if (!(error instanceof MongoError) || !(inner instanceof MongoError)) return error
  if (isUnavailable(error) || isUnavailable(inner)) return unavailableError(error)
  const apiCode = operation === 'read' ? 'STORAGE_READ_FAILED' : 'STORAGE_WRITE_FAILED'
  if (inner.code === 13 || inner.code === 18) {
    return new HubError('database_error', 'The hub database may not be opened', {
      suggestion: 'Check the user and the password in MONGODB_URI, and that this user may read and write the database.',
      apiCode,
      cause: error,
    })
  }
  return new HubError('database_error', `The hub database failed to ${operation}`, {
    suggestion: 'Look for the request id in the log of the hub.',
    apiCode,
    cause: error,
  })
}

/** The error for a URI that the driver cannot parse. */
export function addressError(cause: unknown): HubError {
  return new HubError('database_error', 'MONGODB_URI cannot be read', {
    suggestion: 'It looks like mongodb://USER:PASSWORD@HOST:27017/signalbox; encode what is special in the password.',
    apiCode: 'STORAGE_READ_FAILED',
    cause,
  })
}

export function unavailableError(cause: unknown): HubError {
  return new HubError('unavailable', 'The hub database cannot be reached', {
    suggestion: 'Check that the server of MONGODB_URI runs and can be reached; the hub goes on by itself when it is back.',
    cause,
  })
}

/** Whether an error consists of duplicate keys only. */
export function isDuplicate(error: unknown): boolean {
  if (!(error instanceof MongoServerError)) return false
  if (!(error instanceof MongoBulkWriteError)) return error.code === DUPLICATE
  const failed = [error.writeErrors].flat()
  return failed.length > 0 && failed.every(({ code }) => code === DUPLICATE) && error.result.getWriteConcernError() === undefined
}

/** The indexes of the documents of an `insertMany` that were duplicates; only for an error that `isDuplicate`. */
export function duplicatesOf(error: unknown): ReadonlySet<number> {
  return new Set(error instanceof MongoBulkWriteError ? [error.writeErrors].flat().map(({ index }) => index) : [])
}

/** A bulk write wraps any error that ends it, a lost connection too, in an error of its own. */
function innermost(error: unknown): unknown {
  return error instanceof MongoBulkWriteError && (error.errorResponse as unknown) instanceof MongoError ? error.errorResponse : error
}

function isUnavailableSystemError(error: unknown): boolean {
  const code = error instanceof Error && !(error instanceof MongoError) ? (error as NodeJS.ErrnoException).code : undefined
  return code !== undefined && unavailableSystemCodes.has(code)
}

function isUnavailable(error: MongoError): boolean {
  if (error instanceof MongoNetworkError || error instanceof MongoSystemError || unavailableNames.has(error.name)) return true
  if (error instanceof MongoBulkWriteError && error.result.getWriteConcernError() !== undefined) return true
  if (error.name === 'MongoWriteConcernError') return true
  return (
    error.hasErrorLabel('RetryableWriteError') ||
    error.hasErrorLabel('TransientTransactionError') ||
    (typeof error.code === 'number' && unavailableCodes.has(error.code))
  )
}

function isTooLarge(error: unknown): boolean {
  if (error instanceof MongoServerError) return typeof error.code === 'number' && tooLarge.has(error.code)
  // The driver fails before it sends the command: by a check of its own, or at the end of its buffer.
  if (error instanceof MongoError) return /larger than the maximum size|too large|maxBsonObjectSize/i.test(error.message)
  return error instanceof RangeError && 'code' in error && error.code === 'ERR_OUT_OF_RANGE'
}
