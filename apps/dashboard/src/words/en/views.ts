export const views = {
  // views/saved-views.tsx
  savedViews: 'Saved views',
  updateView: (name: string) => `Update “${name}”`,
  saveViewDots: 'Save view …',
  viewIsDeleted: (name: string) => `The view “${name}” is deleted.`,
  actionsForView: (name: string) => `Actions for the view ${name}`,
  renameDots: 'Rename …',
  delete: 'Delete',

  // views/view-name-dialog.tsx
  saveView: 'Save view',
  renameView: 'Rename view',
  name: 'Name',
  sharedWithAll: 'Shared with all who use this hub.',
  cancel: 'Cancel',
  save: 'Save',
}
