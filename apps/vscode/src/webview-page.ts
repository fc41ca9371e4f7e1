export type WebviewScreen = { readonly kind: 'card' } | { readonly kind: 'session'; readonly sessionId: string }

export interface WebviewPageOptions {
  readonly screen: WebviewScreen
  /** Where the editor serves the extension's own files from, for the policy. */
  readonly source: string
  /** Addresses of the scripts, in their order, and of the style sheet in the webview. */
  readonly scripts: readonly string[]
  readonly style: string
  /** Of the editor, such as `de`. */
  readonly language: string
}

/** The page of a webview: the extension's own script and style, and nothing else, neither inline nor from a network. */
export function webviewPage({ screen, source, scripts, style, language }: WebviewPageOptions): string {
  const policy = `default-src 'none'; script-src ${source}; style-src ${source}; img-src ${source}; font-src ${source}; base-uri 'none'; form-action 'none'`
  const session = screen.kind === 'session' ? ` data-session="${escapeHtml(screen.sessionId)}"` : ''
  return `<!doctype html>
<html lang="${escapeHtml(language)}" data-screen="${screen.kind}"${session}>
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <link rel="stylesheet" href="${escapeHtml(style)}">
    <title>Signalbox</title>
  </head>
  <body>
    <div id="root"></div>
${scripts.map((script) => `    <script type="module" src="${escapeHtml(script)}"></script>`).join('\n')}
  </body>
</html>
`
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[character] ?? '')
}
