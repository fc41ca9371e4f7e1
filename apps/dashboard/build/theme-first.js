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
