import { fileURLToPath } from 'node:url'
import { useOutgoingProxy } from '@signalbox/hub-address/outgoing-proxy'
import { processIo } from './process-io.ts'
import { run } from './program.ts'

// What this program writes is for its user alone; programs that it runs for its user get the former mask.
const io = processIo({ ...process.env }, process.umask(0o077))

// A reader that closes the pipe early (`| head`) is not an error. A program that goes on without its output says so.
for (const output of ['stdout', 'stderr'] as const) {
  process[output].on('error', (error: NodeJS.ErrnoException) => {
    if (io.onClosedOutput !== undefined) return io.onClosedOutput(output)
    if (error.code !== 'EPIPE') throw error
    process.exit(0)
  })
}

try {
  // The checkout's own settings; variables that are already set win.
  process.loadEnvFile(fileURLToPath(new URL('../../../.env', import.meta.url)))
} catch (error) {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
}

const ignoredProxy = await useOutgoingProxy(process.env)
if (ignoredProxy !== undefined) io.stderr.write(`signalbox: warning: ${ignoredProxy}\n`)

process.exitCode = await run(process.argv.slice(2), io)
