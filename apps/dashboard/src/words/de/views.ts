import type { views as english } from '../en/views.ts'

export const views: typeof english = {
  // views/saved-views.tsx
  savedViews: 'Gespeicherte Ansichten',
  updateView: (name) => `„${name}“ aktualisieren`,
  saveViewDots: 'Ansicht speichern …',
  viewIsDeleted: (name) => `Die Ansicht „${name}“ ist gelöscht.`,
  actionsForView: (name) => `Aktionen für die Ansicht ${name}`,
  renameDots: 'Umbenennen …',
  delete: 'Löschen',

  // views/view-name-dialog.tsx
  saveView: 'Ansicht speichern',
  renameView: 'Ansicht umbenennen',
  name: 'Name',
  sharedWithAll: 'Für alle, die diesen Hub benutzen.',
  cancel: 'Abbrechen',
  save: 'Speichern',
}
