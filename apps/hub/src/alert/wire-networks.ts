import { BlockList, isIP, isIPv6 } from 'node:net'

/** Words that ALERT_ALLOW_NETWORKS may have beside networks. */
const words = {
  loopback: ['127.0.0.0/8', '::1/128'],
  /** Home and company networks, and those of a VPN such as Tailscale. */
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'],
  'link-local': ['169.254.0.0/16', 'fe80::/10'],
} as const satisfies Record<string, readonly string[]>

/** Where machines of a cloud ask for their own credentials: never part of a wider network, only allowed when named themselves. */
const guarded = [
  ...words['link-local'],
  '100.100.100.200/32',
  '168.63.129.16/32',
  '192.0.0.192/32',
  'fd00:ec2::254/128',
  'fd20:ce::254/128',
]

/**
 * Forms that no public server has: this machine by no address of its own, and those that carry the address of another network
 * (IPv4-compatible, local NAT64, site-local).
 */
const deadForms = ['0.0.0.0/8', '::/96', '64:ff9b:1::/48', 'fec0::/10']

export interface AllowedNetworks {
  readonly usual: BlockList
  /** Parts of `guarded` that were named. */
  readonly guarded: BlockList
}

export type AddressVerdict =
  /** Named by the setting, or by the hub's own on a machine that only itself can reach. */
  | { readonly verdict: 'named' }
  /** Allowed where it is a public address. */
  | { readonly verdict: 'public' }
  | { readonly verdict: 'refused'; readonly because: string }

const guardedList = blockList(guarded)
const deadFormList = blockList(deadForms)
const loopbackList = blockList(words.loopback)
const privateList = blockList(words.private)
const linkLocalList = blockList(words['link-local'])

/** What is wrong with an entry of ALERT_ALLOW_NETWORKS; undefined when nothing is. */
export function networkProblem(entry: string): string | undefined {
  if (Object.hasOwn(words, entry) || parseNetwork(entry) !== undefined) return undefined
  return `"${entry}"; it must be an address, a network such as 192.168.1.0/24, or one of ${Object.keys(words).join(', ')}`
}

/**
 * The networks that messages may go to beside the public one.
 * @param entries of ALERT_ALLOW_NETWORKS
 * @param onlyThisMachine the hub listens on loopback alone: a person who can set up a channel is on this machine, and reaches
 *   what it reaches
 * @throws Error when an entry is invalid
 */
export function allowedNetworks(entries: readonly string[], onlyThisMachine: boolean): AllowedNetworks {
  const problem = entries.map(networkProblem).find((one) => one !== undefined)
  if (problem !== undefined) throw new Error(problem)
  const named = entries.flatMap((entry) => words[entry as keyof typeof words] ?? [entry])
  const own = onlyThisMachine ? [...words.loopback, ...words.private] : []
  return { usual: blockList([...own, ...named]), guarded: blockList(named.filter(isWithinGuarded)) }
}

/** Whether messages may go to an address, as text; the library of the agent decides which addresses are public. */
export function judgeAddress(address: string, allowed: AllowedNetworks): AddressVerdict {
  const refused = (kind: string): AddressVerdict => ({
    verdict: 'refused',
    because: `${address} is ${kind}. ALERT_ALLOW_NETWORKS can allow it.`,
  })
  if (contains(guardedList, address)) {
    if (contains(allowed.guarded, address)) return { verdict: 'named' }
    return refused(contains(linkLocalList, address) ? 'a link-local address' : 'where a cloud keeps credentials')
  }
  if (contains(allowed.usual, address)) return { verdict: 'named' }
  if (contains(loopbackList, address)) return refused('a loopback address')
  if (contains(privateList, address)) return refused('a private address')
  if (contains(deadFormList, address)) return refused('no public address')
  return { verdict: 'public' }
}

/** Whether an address is of this machine alone, in every form. */
export function isLoopbackAddress(address: string): boolean {
  return contains(loopbackList, address)
}

interface Network {
  readonly address: string
  readonly bits: number
  readonly family: 'ipv4' | 'ipv6'
}

function parseNetwork(text: string): Network | undefined {
  const [, address = '', bits] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const version = isIP(address)
  if (version === 0) return undefined
  const all = version === 4 ? 32 : 128
  const length = bits === undefined ? all : Number(bits)
  return length <= all ? { address, bits: length, family: version === 4 ? 'ipv4' : 'ipv6' } : undefined
}

function blockList(networks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const text of networks) {
    const network = parseNetwork(text)
    if (network !== undefined) list.addSubnet(network.address, network.bits, network.family)
  }
  return list
}

/** The zone of an address, as in `fe80::1%eth0`, says where it leads, not what it is. */
function contains(list: BlockList, address: string): boolean {
  const [bare = ''] = address.split('%')
  return list.check(bare, isIPv6(bare) ? 'ipv6' : 'ipv4')
}

/** Whether a network lies inside one of the guarded ones: `0.0.0.0/0` names everything, and none of them. */
function isWithinGuarded(text: string): boolean {
  const inner = parseNetwork(text)
  if (inner === undefined) return false
  return guarded.some((one) => {
    const outer = parseNetwork(one)
    return outer !== undefined && outer.family === inner.family && inner.bits >= outer.bits && contains(blockList([one]), inner.address)
  })
}
