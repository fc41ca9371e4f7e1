declare module 'virtual:whats-new' {
  /** The newest section of CHANGELOG.md, by its parts; each item is Markdown of one line. */
  export const parts: readonly { readonly title: string; readonly items: readonly string[] }[]
}
