// `npm run build`: everything that is built at all. Our own code runs as it is.
import { setup } from './setup.mjs'

await setup()
await import('./build-client.mjs')
