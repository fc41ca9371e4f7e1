// Asks for what the start screen shows while its scripts arrive. src/hub/first-requests.ts hands the answers to who asks for them.
if (/\/app\/?$/.test(location.pathname)) {
  const hub = new URL('..', document.currentScript.src).href.replace(/\/$/, '')
  globalThis.firstRequests = new Map()
  const ask = (address) => {
    const answer = fetch(hub + address, { headers: { accept: 'application/json' } })
    // A failure is that of who asks for it.
    answer.catch(() => {})
    globalThis.firstRequests.set(hub + address, { sentAt: Date.now(), answer })
  }
  ask('/api/whoami')
  ask('/sessions?status=active&status=paused&status=stalled&limit=100')
  ask('/sessions?status=failed&limit=100')
  ask('/sessions?status=completed&limit=100')
  ask('/tasks?status=in_progress&limit=100')
  ask('/machines?limit=100')
  ask('/api/claude/console-usage')
  ask('/api/claude/accounts?limit=100')
  ask('/api/alerts/summary')
  ask('/events?format=json&limit=1')
  const now = new Date()
  const two = (number) => String(number).padStart(2, '0')
  const toDay = (date) => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  const month = toDay(now).slice(0, 7)
  // Where there is Temporal it says the zone at once: the first Intl of a page takes 20 ms, and this goes before the first paint.
  const zone = globalThis.Temporal?.Now.timeZoneId() ?? new Intl.DateTimeFormat().resolvedOptions().timeZone
  const timezone = `timezone=${encodeURIComponent(zone)}`
  ask(`/api/usage?group=hour&since=${toDay(now)}&${timezone}`)
  ask(`/api/usage?group=day&since=${month}-01&${timezone}`)
  ask(`/api/usage?group=block&since=${toDay(new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1))}&${timezone}`)
  ask(`/api/claude-usage?${timezone}`)
}
