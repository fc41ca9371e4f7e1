import { type Logger, pino } from 'pino'

/** One JSON line each, as the hub writes them. */
export function createLogger(level: string): Logger {
  return pino({
    level,
    base: { app: 'collector' },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label.toUpperCase() }) },
  })
}
