/** The longest name of a saved view. */
export const MAX_VIEW_NAME_LENGTH = 60
