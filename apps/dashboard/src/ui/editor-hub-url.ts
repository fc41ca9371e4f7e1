/** Inside an editor: an address that leads nowhere. `editor-hub.ts` hands the requests to the extension, which knows the hub. */
export const hubUrl = 'https://hub.invalid'
export const hubPath = ''
