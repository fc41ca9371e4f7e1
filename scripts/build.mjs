// `npm run build`: the dashboard and the client. All other code runs without a build.
import { setup } from './setup.mjs'

await setup()
await import('./build-client.mjs')
