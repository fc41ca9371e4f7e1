// What the extension does that knows no editor, as a program, for the Node of an older editor: it follows the hub of the environment,
// is a session of its own, and prints what it knows as lines of JSON until SIGTERM.
import '../../apps/vscode/src/web-crypto.ts'
import { once } from 'node:events'
import { OwnSession } from '../../apps/vscode/src/own-session.ts'
import { Tracker } from '../../apps/vscode/src/tracker.ts'

const tracker: Tracker = new Tracker({
  env: process.env,
  settings: () => ({ enabled: true, apiUrl: '' }),
  keyOf: async () => undefined,
  onChange: print,
  onHub() {},
})
let own: OwnSession | undefined

function print(): void {
  const { status, fleet, limits, client } = tracker
  if (status === 'live' && own === undefined && client !== undefined) {
    own = new OwnSession({ client, projectId: 'node-18', machineId: 'old-editor', editor: process.version })
    void own.start()
  }
  const attention = fleet.attention().map(({ project_id }) => project_id)
  console.log(JSON.stringify({ node: process.version, status, sessions: fleet.sessions.size, attention, used: limits !== undefined }))
}

await tracker.connect()
await once(process, 'SIGTERM')
await own?.stop()
tracker.stop()
process.exit(0)
