import { readFileSync } from 'node:fs'
import type { Plugin } from 'vite'

/**
 * Loads `theme-first.js` first, as a hashed file of its own: the content security policy allows no inline script, and a
 * module would run after the first paint.
 */
export function themeFirst(): Plugin {
  const source = new URL('./theme-first.js', import.meta.url)
  let reference: string | undefined
  return {
    name: 'signalbox:theme-first',
    buildStart() {
      if (this.meta.watchMode) return
      reference = this.emitFile({ type: 'asset', name: 'theme-first.js', source: readFileSync(source, 'utf8') })
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
