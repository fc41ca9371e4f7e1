import { MongoBulkWriteError, MongoError, MongoNetworkError, MongoServerError, MongoSystemError } from 'mongodb'
import { HubError } from '../../hub-error.ts'

/** Of a server that is going away, coming back, or no primary now; and of a majority that did not answer in time. */
const away = new Set([6, 7, 64, 89, 91, 100, 189, 262, 9001, 10058, 10107, 11600, 11602, 13435, 13436])
/** Of the driver, where there is no answer to have a code. */
const awayNames = new Set([
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
/** Of the system, where the driver passes on what a socket or a name said: a server that has just died is told so. */
const awayCodes = new Set([
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

/** An error of the driver as the hub's own, with the reason a person can act on. Any other error passes as it is. */
export function storeError(error: unknown, operation: 'read' | 'write'): unknown {
  const inner = innermost(error)
  if (isTooLarge(inner)) {
    return new HubError('payload_too_large', 'This is more than the store keeps in one piece', {
      suggestion: 'Send it in smaller parts.',
      cause: error,
    })
  }
  if (isOfSystem(error)) return awayError(error)
  if (!(error instanceof MongoError) || !(inner instanceof MongoError)) return error
  if (isAway(error) || isAway(inner)) return awayError(error)
  const apiCode = operation === 'read' ? 'STORAGE_READ_FAILED' : 'STORAGE_WRITE_FAILED'
  if (inner.code === 13 || inner.code === 18) {
    return new HubError('database_error', 'The store may not be opened', {
      suggestion: 'Check the user and the password in MONGODB_URI, and that this user may read and write the database.',
      apiCode,
      cause: error,
    })
  }
  return new HubError('database_error', `The store failed to ${operation}`, {
    suggestion: 'Look for the request id in the log of the hub.',
    apiCode,
    cause: error,
  })
}

/** Of an address that means nothing to the driver. */
export function addressError(cause: unknown): HubError {
  return new HubError('database_error', 'MONGODB_URI cannot be read', {
    suggestion: 'It looks like mongodb://USER:PASSWORD@HOST:27017/signalbox; encode what is special in the password.',
    apiCode: 'STORAGE_READ_FAILED',
    cause,
  })
}

export function awayError(cause: unknown): HubError {
  return new HubError('unavailable', 'The store cannot be reached', {
    suggestion: 'Check that the server of MONGODB_URI runs and can be reached; the hub goes on by itself when it is back.',
    cause,
  })
}

/** Whether all that went wrong is that something with this key was there already. */
export function isDuplicate(error: unknown): boolean {
  if (!(error instanceof MongoServerError)) return false
  if (!(error instanceof MongoBulkWriteError)) return error.code === DUPLICATE
  const failed = [error.writeErrors].flat()
  return failed.length > 0 && failed.every(({ code }) => code === DUPLICATE) && error.result.getWriteConcernError() === undefined
}

/** Which of the documents of an `insertMany` were there already; only for an error that `isDuplicate`. */
export function duplicatesOf(error: unknown): ReadonlySet<number> {
  return new Set(error instanceof MongoBulkWriteError ? [error.writeErrors].flat().map(({ index }) => index) : [])
}

/** A bulk wraps whatever ended it, a lost connection too, in an error of its own. */
function innermost(error: unknown): unknown {
  return error instanceof MongoBulkWriteError && (error.errorResponse as unknown) instanceof MongoError ? error.errorResponse : error
}

function isOfSystem(error: unknown): boolean {
  const code = error instanceof Error && !(error instanceof MongoError) ? (error as NodeJS.ErrnoException).code : undefined
  return code !== undefined && awayCodes.has(code)
}

function isAway(error: MongoError): boolean {
  if (error instanceof MongoNetworkError || error instanceof MongoSystemError || awayNames.has(error.name)) return true
  if (error instanceof MongoBulkWriteError && error.result.getWriteConcernError() !== undefined) return true
  if (error.name === 'MongoWriteConcernError') return true
  return (
    error.hasErrorLabel('RetryableWriteError') ||
    error.hasErrorLabel('TransientTransactionError') ||
    (typeof error.code === 'number' && away.has(error.code))
  )
}

function isTooLarge(error: unknown): boolean {
  if (error instanceof MongoServerError) return typeof error.code === 'number' && tooLarge.has(error.code)
  // The driver says so before the server is asked, in three ways: by its own check, and by the end of its buffer.
  if (error instanceof MongoError) return /larger than the maximum size|too large|maxBsonObjectSize/i.test(error.message)
  return error instanceof RangeError && 'code' in error && error.code === 'ERR_OUT_OF_RANGE'
}
