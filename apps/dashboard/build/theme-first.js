// Runs before the first paint, so that a chosen theme never flashes the other one. See src/ui/theme.ts.
try {
  // The card alone takes the theme of the page it is put into.
  const asked = location.pathname.startsWith('/widget') ? new URLSearchParams(location.search).get('theme') : null
  const chosen = asked || localStorage.getItem('signalbox.theme')
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen
} catch {
  // Storage can be forbidden; the system's theme it is.
}
