import { printableText } from '@signalbox/contract/printable'
import { type DestinationStream, type Logger, pino } from 'pino'

/** The logger writes one JSON line per entry, in the hub's format. */
export function createLogger(level: string, destination: DestinationStream): Logger {
  return pino(
    {
      level,
      base: { app: 'collector' },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label.toUpperCase() }) },
      // JSON leaves some of the characters that command a terminal.
      hooks: { streamWrite: printableText },
    },
    destination,
  )
}
