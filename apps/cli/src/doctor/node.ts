import { type Check, ok, warn } from './check.ts'

/** Code that old would not have got here: the command itself checks. */
export const node: Check = () => {
  const { version, platform, arch } = process
  const major = Number(process.versions.node.split('.')[0])
  const text = `${version} on ${platform} ${arch}`
  // Odd lines end after half a year.
  return major % 2 === 1 ? [warn('Node', text, 'An odd version gets no repairs for long; install an even one.')] : [ok('Node', text)]
}
