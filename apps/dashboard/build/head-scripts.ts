import { readFileSync } from 'node:fs'
import type { Plugin } from 'vite'

const NAME = 'theme-first.js'

/**
 * Loads `theme-first.js` first, with `first-requests.js` behind it, as a hashed file of its own: the content security policy allows
 * no inline script, and a module would run after the first paint.
 */
export function headScripts(): Plugin {
  const sources = [NAME, 'first-requests.js'].map((name) => new URL(name, import.meta.url))
  let reference: string | undefined
  return {
    name: 'signalbox:head-scripts',
    buildStart() {
      if (this.meta.watchMode) return
      const source = sources.map((file) => readFileSync(file, 'utf8')).join('')
      reference = this.emitFile({ type: 'asset', name: NAME, source })
    },
    transformIndexHtml: {
      order: 'post',
      handler(_html, context) {
        const name = context.bundle && reference ? Object.keys(context.bundle).find((file) => file.includes('theme-first')) : undefined
        return name === undefined ? [] : [{ tag: 'script', attrs: { src: `./${name}` }, injectTo: 'head-prepend' }]
      },
    },
  }
}
