import { fileURLToPath } from 'node:url'
import { useOutgoingProxy } from '@signalbox/hub-address/outgoing-proxy'
import { endOnOutputError } from '@signalbox/hub-address/output-error'
import { printError } from '@signalbox/hub-address/print'
import { processIo } from './process-io.ts'
import { run } from './program.ts'

// What this program writes is for its user alone; programs that it runs for its user get the former mask.
const io = processIo({ ...process.env }, process.umask(0o077))

// A command that goes on without its output says so.
endOnOutputError('signalbox', (output) => {
  io.onClosedOutput?.(output)
  return io.onClosedOutput !== undefined
})

try {
  // The checkout's own settings; variables that are already set win.
  process.loadEnvFile(fileURLToPath(new URL('../../../.env', import.meta.url)))
} catch (error) {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
}

void start()

async function start(): Promise<void> {
  const ignoredProxy = await useOutgoingProxy(process.env)
  if (ignoredProxy !== undefined) printError(`signalbox: warning: ${ignoredProxy}`)
  process.exitCode = await run(process.argv.slice(2), io)
}
