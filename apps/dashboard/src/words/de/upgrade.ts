import type { upgrade as english } from '../en/upgrade.ts'

export const upgrade: typeof english = {
  // shell/upgrade-note.tsx
  pageIsOlder: ({ hub, page }) => `Der Hub hat jetzt Version ${hub}, und diese Seite ist älter (${page}). Laden Sie sie neu.`,
  pageIsNewer: ({ hub, page }) => `Der Hub hat Version ${hub}, und diese Seite ist neuer (${page}). Laden Sie sie neu.`,
  hubWasUpgraded: ({ hub, from }) => `Der Hub wurde von ${from} auf ${hub} aktualisiert.`,
  hubWasRolledBack: ({ hub, from }) => `Der Hub wurde von ${from} auf ${hub} zurückgesetzt.`,
  reload: 'Neu laden',
  whatsNew: 'Was ist neu …',
  dismiss: 'Verwerfen',
}
