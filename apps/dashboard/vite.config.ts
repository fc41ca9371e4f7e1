import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { themeFirst } from './build/theme-first.ts'

/** Where `vite dev` finds a hub; the built page always asks the hub that served it. */
const hub = process.env.SIGNALBOX_URL ?? 'http://127.0.0.1:4000'

export default defineConfig({
  base: '/',
  plugins: [react(), themeFirst()],
  build: {
    target: 'baseline-widely-available',
    // A data: address would need a hole in the content security policy.
    assetsInlineLimit: 0,
    // Same: the polyfill is an inline script where the browser is old.
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: Object.fromEntries(['/api', '/events', '/health', '/metrics'].map((path) => [path, { target: hub }])),
  },
})
