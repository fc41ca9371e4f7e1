// Keeps the files of the page, so that it starts without the hub and shows what it last knew. Nothing of the API is kept.
// A part of service-worker.js, which the build writes with the list of files: `self.files`, and their version: `self.version`.

const PREFIX = 'signalbox-files-'
/** Pages below these addresses are the one page of the dashboard. */
const PAGES = /^(?:app|widget)(?:\/|$)/
/** A proxy in front of a hub that is away answers with these. */
const AWAY = [502, 503, 504]

self.addEventListener('install', (event) => event.waitUntil(keepFiles()))
self.addEventListener('activate', (event) => event.waitUntil(forgetOlder()))
self.addEventListener('fetch', (event) => {
  const answer = answerOf(event.request)
  if (answer !== undefined) event.respondWith(answer)
})

const addressOf = (name) => new URL(name, self.registration.scope).href

async function keepFiles() {
  const cache = await caches.open(PREFIX + self.version)
  await Promise.all(
    self.files.map(async (name) => {
      // Names with a hash are the same for ever; the page and the icons are not.
      const response = await fetch(addressOf(name), { cache: name.startsWith('assets/') ? 'default' : 'no-cache' })
      if (!response.ok) throw new Error(`${name}: ${response.status}`)
      await cache.put(addressOf(name), response)
    }),
  )
}

/** The files of the version before stay: a page of it may still be open, and the hub no longer has them. */
async function forgetOlder() {
  const own = (await caches.keys()).filter((name) => name.startsWith(PREFIX))
  const kept = [PREFIX + self.version, own.findLast((name) => name !== PREFIX + self.version)]
  await Promise.all(own.filter((name) => !kept.includes(name)).map((name) => caches.delete(name)))
}

/** @returns undefined for a request that is none of this worker's */
function answerOf(request) {
  const { scope } = self.registration
  if (request.method !== 'GET' || !request.url.startsWith(scope)) return undefined
  const name = request.url.slice(scope.length).split(/[?#]/)[0]
  if (name.startsWith('assets/')) return fromCacheFirst(request)
  if (request.mode === 'navigate' && PAGES.test(name)) return fromHubFirst(request, addressOf('app'))
  return self.files.includes(name) ? fromHubFirst(request, addressOf(name)) : undefined
}

/** What is not in the list, such as another language, is kept once a page has asked for it. */
async function fromCacheFirst(request) {
  const known = await caches.match(request, { ignoreVary: true })
  if (known !== undefined) return known
  const response = await fetch(request)
  if (response.ok) await keep(request, response.clone())
  return response
}

async function keep(request, response) {
  try {
    await (await caches.open(PREFIX + self.version)).put(request, response)
  } catch {
    // Storage is full or forbidden: the page has its file all the same.
  }
}

async function fromHubFirst(request, kept) {
  const known = () => caches.match(kept, { ignoreVary: true })
  try {
    const response = await fetch(request)
    return AWAY.includes(response.status) ? ((await known()) ?? response) : response
  } catch (error) {
    const response = await known()
    if (response === undefined) throw error
    return response
  }
}
