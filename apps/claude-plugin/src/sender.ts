// Started by a hook where no other process delivers; ends when there is nothing more to deliver.
import { useOutgoingProxy } from '@signalbox/hub-address/outgoing-proxy'
import { openDataFolder } from './data-folder.ts'
import { Delivery } from './delivery.ts'

// The spool and what is kept beside it are for their user alone.
process.umask(0o077)

const IDLE_MS = 10_000
const CHECK_MS = 500
/** The next hook starts another sender. */
const LONGEST_OUTAGE_MS = 3_600_000

// The signals of the terminal are for Claude Code.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {})
process.on('uncaughtException', () => process.exit(0))

const [root] = process.argv.slice(2)
if (root === undefined) process.exit(0)
await useOutgoingProxy(process.env)
const delivery = new Delivery({ folder: openDataFolder(root), env: process.env })
const end = () => {
  delivery.stop()
  process.exit(0)
}
process.on('SIGTERM', end)
delivery.start()
const started = Date.now()
setInterval(() => {
  const now = Date.now()
  if (delivery.failingSince !== undefined && now - delivery.failingSince > LONGEST_OUTAGE_MS) end()
  if (!delivery.leads && now - started > IDLE_MS) end()
  const { idleSince } = delivery
  if (idleSince !== undefined && now - idleSince > IDLE_MS) end()
}, CHECK_MS)
