// Runs before the page of a webview: language and theme are decided before the first word and colour.
const { documentElement: root, body } = document

try {
  localStorage.setItem('signalbox.language', root.lang)
} catch {
  // Without storage the language is that of the browser.
}

/** The editor names its theme on the body, and changes it there. */
function followTheme(): void {
  const isLight = body.classList.contains('vscode-light') || body.classList.contains('vscode-high-contrast-light')
  root.dataset.theme = isLight ? 'light' : 'dark'
}
followTheme()
new MutationObserver(followTheme).observe(body, { attributes: true, attributeFilter: ['class'] })

export {}
