// What needs no editor: it is tested without one.

/**
 * Follows the sessions of a hub, and reports how many run and which have failed.
 * @param {import('../../dist/client').StateTrackingApiClient} client
 * @param {{ signal: AbortSignal, onChange: (state: { running: number, failed: string[] }) => void }} options
 */
async function followSessions(client, { signal, onChange }) {
  const sessions = new Map()
  const report = () => {
    const all = [...sessions.values()]
    onChange({
      running: all.filter(({ status }) => status === 'active').length,
      failed: all.filter(({ status }) => status === 'failed').map(({ session_id }) => session_id),
    })
  }
  const load = async () => {
    sessions.clear()
    for (const session of await client.listSessions({ status: ['active', 'failed'], limit: 100 }, { signal }))
      sessions.set(session.session_id, session)
    report()
  }
  const events = client.events({
    types: ['session.created', 'session.status'],
    signal,
    // Also after an outage: what happened meanwhile is read again.
    onConnection: ({ state }) => {
      if (state === 'open') load().catch(() => {})
    },
  })
  for await (const { event, data } of events) {
    if (event === 'gap') await load()
    else {
      sessions.set(data.session_id, data)
      report()
    }
  }
}

module.exports = { followSessions }
