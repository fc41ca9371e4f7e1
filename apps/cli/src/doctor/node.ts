import { type Check, ok, warn } from './check.ts'

/** Does not check the minimum version: bin/signalbox.cjs does. */
export const node: Check = ({ io }) => {
  const { nodeVersion, platform, arch } = io.system
  const major = Number(/\d+/.exec(nodeVersion)?.[0])
  const text = `${nodeVersion} on ${platform} ${arch}`
  // Odd versions are supported for half a year only.
  return major % 2 === 1 ? [warn('Node', text, 'Odd versions are supported only briefly; install an even one.')] : [ok('Node', text)]
}
