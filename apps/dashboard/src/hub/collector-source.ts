import * as client from '@signalbox/client/collector-source'
import { isGerman } from '../words/language.ts'

const words = isGerman ? (await import('../words/de/packages/collector-source.ts')).collectorSourceWords : undefined

/** The sources of collectors in words, shared with the command line, which speaks English. */
export const describeLimitOrigin = (origin: Parameters<typeof client.describeLimitOrigin>[0]) => client.describeLimitOrigin(origin, words)
export const describeSource = (source: Parameters<typeof client.describeSource>[0]) => client.describeSource(source, words)
