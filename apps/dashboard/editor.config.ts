import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { shortWords } from './build/short-words.ts'

const { version } = JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8')) as { version: string }
const source = (file: string) => fileURLToPath(new URL(`./src/${file}`, import.meta.url))

/** The pages of webviews, for scripts/vscode: the screens of the dashboard, with what reaches the hub by way of the extension. */
export default defineConfig({
  define: { PAGE_VERSION: JSON.stringify(version) },
  base: './',
  plugins: [shortWords(), react()],
  resolve: {
    alias: [
      { find: /^.*\/live-host-start\.ts$/, replacement: source('hub/editor-live-host.ts') },
      { find: /^.*\/hub-url\.ts$/, replacement: source('ui/editor-hub-url.ts') },
    ],
  },
  publicDir: false,
  build: {
    write: false,
    target: 'chrome128',
    assetsInlineLimit: 0,
    modulePreload: false,
    cssCodeSplit: false,
    rolldownOptions: {
      input: { first: source('editor/first.ts'), page: source('editor/page.tsx') },
      output: {
        entryFileNames: 'assets/[name].js',
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/page.[ext]',
        // One file for the page and one for its German words: a webview loads each file by way of a service worker.
        codeSplitting: {
          groups: [
            { name: 'screens', test: (id) => !/dashboard\/src\/(words\/de\/|editor\/first\.ts$)/.test(id), priority: 1 },
            { name: 'german', test: /dashboard\/src\/words\/de\// },
          ],
        },
      },
    },
  },
})
