import { hubUrl } from '../ui/hub-url.ts'
import { isGerman, language } from '../words/language.ts'

/**
 * Registers the service worker, which keeps the files of the page. Browsers have it over https and on the hub's own machine only;
 * `vite dev` has no list of files.
 */
export function keepShell(): void {
  // Read when the page is installed as an app: the names of its shortcuts.
  if (isGerman) document.querySelector('link[rel=manifest]')?.setAttribute('href', `${hubUrl}/manifest-de.webmanifest`)
  if (!('serviceWorker' in navigator) || import.meta.env.DEV) return
  navigator.serviceWorker
    .register(`${hubUrl}/service-worker.js`, { scope: `${hubUrl}/` })
    // What it shows by itself is in this language too.
    .then(async () => (await navigator.serviceWorker.ready).active?.postMessage({ language }))
    .catch(() => {
      // Private windows and some settings forbid it; the page works without.
    })
}
