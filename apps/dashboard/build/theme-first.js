// Runs before the first paint, so that the chosen theme applies without a flash. See src/ui/theme.ts.
try {
  // An embedded card takes the theme of its page.
  const requested = /\/widget(\/|$)/.test(location.pathname) ? new URLSearchParams(location.search).get('theme') : null
  const chosen = requested || localStorage.getItem('signalbox.theme')
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen
} catch {
  // Without storage the system's theme applies.
}
// Cards alone and a wall display have no navigation.
if (/\/widget(\/|$)/.test(location.pathname) || new URLSearchParams(location.search).get('wall') === '1')
  document.documentElement.dataset.bare = ''
// The language of what index.html says itself, as src/words/language.ts picks it.
try {
  const german = (tag) => /^de\b/i.test(tag)
  const kept = localStorage.getItem('signalbox.language')
  const tags = kept === 'de' || kept === 'en' ? [kept] : navigator.languages
  if (german(tags.find((tag) => german(tag) || /^en\b/i.test(tag)) ?? '')) document.documentElement.lang = 'de'
} catch {
  // Without storage it says it in English.
}
// A script that does not arrive, or cannot run, is said at once: the page would stay an empty frame.
addEventListener(
  'error',
  ({ target }) => {
    if (target === window || target.localName === 'script') document.documentElement.dataset.failed = ''
  },
  true,
)
addEventListener('submit', (event) => {
  if (!event.target.matches('.not-loaded')) return
  // The form alone would drop the filters of the address.
  event.preventDefault()
  location.reload()
})
