import type { wall as english } from '../en/wall.ts'

export const wall: typeof english = {
  // wall/card-models.tsx
  loadingModels: 'Modelle werden geladen',

  // wall/card-sessions.tsx
  loadingSessions: 'Sitzungen werden geladen',

  // wall/card-today.tsx
  loadingToday: 'Heute wird geladen',
  today: 'Heute',

  // wall/wall-frame.tsx
  signalbox: 'Signalbox',
  fullScreen: 'Vollbild',
  exit: 'Verlassen',
}
