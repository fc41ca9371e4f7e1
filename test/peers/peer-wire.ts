import type { Wire } from '../../apps/hub/src/alert/channel/channel-kind.ts'
import { createWire, type WireOptions } from '../../apps/hub/src/alert/wire.ts'

/** The hub's own wire, which may reach this machine. */
export function wireForTests(options: Partial<WireOptions> = {}): Wire {
  return createWire({ allowNetworks: ['loopback'], onlyThisMachine: false, ownPort: () => undefined, env: {}, ...options })
}

/** A wire that finds the peer in the place of a service with a fixed address, such as `https://api.pushover.net`. */
export function wireTo(places: Readonly<Record<string, string>>, wire = wireForTests()): Wire {
  return {
    request(request, signal) {
      const { origin } = new URL(request.url)
      const place = places[origin] ?? origin
      return wire.request({ ...request, url: place + request.url.slice(origin.length) }, signal)
    },
  }
}
