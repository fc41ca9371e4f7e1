export const wall = {
  // wall/card-models.tsx
  loadingModels: 'Loading models',

  // wall/card-sessions.tsx
  loadingSessions: 'Loading sessions',

  // wall/card-today.tsx
  loadingToday: 'Loading today',
  today: 'Today',

  // wall/wall-frame.tsx
  signalbox: 'Signalbox',
  fullScreen: 'Full screen',
  exit: 'Exit',
}
