import { webcrypto } from 'node:crypto'

// Node 18, which older editors have, hides it behind a flag; the client makes its ids with it.
if (globalThis.crypto === undefined) Object.defineProperty(globalThis, 'crypto', { value: webcrypto, configurable: true })
