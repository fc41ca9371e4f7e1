interface Versions {
  readonly hub: string
  readonly page?: string
  readonly from?: string
}

export const upgrade = {
  // shell/upgrade-note.tsx
  pageIsOlder: ({ hub, page }: Versions) => `The hub runs version ${hub} now, and this page is older (${page}). Reload it.`,
  pageIsNewer: ({ hub, page }: Versions) => `The hub runs version ${hub}, and this page is newer (${page}). Reload it.`,
  hubWasUpgraded: ({ hub, from }: Versions) => `The hub was upgraded from ${from} to ${hub}.`,
  hubWasRolledBack: ({ hub, from }: Versions) => `The hub was rolled back from ${from} to ${hub}.`,
  reload: 'Reload',
  whatsNew: 'What is new …',
  dismiss: 'Dismiss',
}
