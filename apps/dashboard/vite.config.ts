import { readFileSync } from 'node:fs'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { compileEarly } from './build/compile-early.ts'
import { headScripts } from './build/head-scripts.ts'
import { serviceWorker } from './build/service-worker.ts'
import { shortWords } from './build/short-words.ts'
import { whatsNew } from './build/whats-new.ts'

/** Hub for `vite dev`; the built page uses the hub that served it. */
const hub = process.env.SIGNALBOX_URL ?? 'http://127.0.0.1:4000'

const { version } = JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8')) as { version: string }

export default defineConfig({
  define: { PAGE_VERSION: JSON.stringify(version) },
  // The hub may be served below a path: files name each other relatively, and the hub completes the page's own addresses.
  base: './',
  worker: { format: 'es' },
  plugins: [shortWords(), react(), headScripts(), whatsNew(), compileEarly(['base', 'today', 'first']), serviceWorker()],
  build: {
    target: 'baseline-widely-available',
    // The content security policy forbids data: URLs.
    assetsInlineLimit: 0,
    // The polyfill would be an inline script, which the policy forbids too.
    modulePreload: { polyfill: false },
    // What every screen needs of other people's code, in one file: it compresses better than several, and stays cached when ours changes.
    rolldownOptions: {
      output: {
        // Words are called as the screens that speak them: their files are not to be taken for those of the screens.
        chunkFileNames: ({ moduleIds }) =>
          moduleIds.length > 0 && moduleIds.every((id) => /dashboard\/src\/words\//.test(id))
            ? 'assets/words-[name]-[hash].js'
            : 'assets/[name]-[hash].js',
        codeSplitting: {
          groups: [
            {
              name: 'base',
              // And of ours, what German words use: they are loaded while the files that ask for them wait.
              test: /dashboard\/src\/jsx\/|contract\/src\/(plural|printable)\.ts|node_modules\/(react|react-dom|scheduler|use-sync-external-store|@tanstack\/(?!react-virtual|virtual-core)[a-z-]+)\//,
            },
            // Today, what its sessions share with other screens, and all else that the first screen has of ours: each file more is a
            // request more before anything is shown, and in several files they are up to 2 kB more.
            {
              name: 'today',
              test: /dashboard\/src\/(today\/|.*\/(start-hint|heartbeat-age|collector-color|state-since|fleet-panel)\.tsx?$)/,
            },
            { name: 'first', tags: ['$initial'] },
            // The German of the first screen: its files wait for their words one after the other.
            {
              name: 'german',
              test: /dashboard\/src\/words\/de\/(packages\/)?(hub|problems|collector-source|plan|ui|limits|sessions|collector-state|session-sources|shell|today|blocks)\.tsx?$/,
            },
            // All calls of the hub, and the open alerts that the title of the tab counts: every page loads them when it is idle. In the
            // file of alerts they made it load that, too, 12 kB more.
            {
              name: 'calls',
              test: /dashboard\/src\/hub\/(whole-hub|alerts)\.ts|client\/src\/[a-z]+-(calls|reads)\.ts/,
            },
            // The screens of alerts share nearly everything: each file more has its name in what every screen loads.
            {
              name: 'alerts',
              test: /dashboard\/src\/(alerts\/(?!alert-search|alert-filters|channels\/|rules\/)|hub\/(alert-rules|alert-words|channels)\.ts)|client\/src\/alert-(words|value|parameter)|contract\/src\/alert-(rule-form|rule-kind|severity)/,
            },
          ],
        },
      },
    },
  },
  server: {
    proxy: Object.fromEntries(['/api', '/events', '/health', '/metrics'].map((path) => [path, { target: hub }])),
  },
})
