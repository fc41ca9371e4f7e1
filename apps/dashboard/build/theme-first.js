// Runs before the first paint, so that a chosen theme never flashes the other one. See src/ui/theme.ts.
try {
  const chosen = localStorage.getItem('signalbox.theme')
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen
} catch {
  // Storage can be forbidden; the system's theme it is.
}
