/** The sources of collectors in words, shared with the command line. */
export { describeLimitOrigin, describeSource } from '@signalbox/client/collector-source'
