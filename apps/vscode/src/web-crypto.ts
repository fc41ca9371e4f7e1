import crypto from 'node:crypto'

// Node 18, which older editors have, hides it behind a flag; the client makes its ids with it. Only asked for whether it is there,
// because a look at it loads all of it.
if (!('crypto' in globalThis)) Object.defineProperty(globalThis, 'crypto', { value: crypto.webcrypto, configurable: true })
