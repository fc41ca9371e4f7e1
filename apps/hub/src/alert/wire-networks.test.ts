import { describe, expect, it } from 'vitest'
import { allowedNetworks, judgeAddress, networkProblem } from './wire-networks.ts'

const verdict = (address: string, entries: readonly string[] = [], onlyThisMachine = false) =>
  judgeAddress(address, allowedNetworks(entries, onlyThisMachine)).verdict

describe('an address', () => {
  it.each(['93.184.216.34', '2606:2800:220:1:248:1893:25c8:1946', '1.1.1.1'])('%s on the internet is left to the agent', (address) => {
    expect(verdict(address)).toBe('public')
  })

  it.each([
    '127.0.0.1',
    '127.255.255.254',
    '::1',
    '::ffff:127.0.0.1',
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '100.64.0.1',
    'fd00::1',
    'fc00::1',
    '::ffff:10.0.0.1',
    '169.254.169.254',
    '::ffff:169.254.169.254',
    'fe80::1',
    'fe80::1%eth0',
    'fd00:ec2::254',
    '100.100.100.200',
    '168.63.129.16',
    '0.0.0.0',
    '::7f00:1',
    '::a9fe:a9fe',
    '64:ff9b:1::7f00:1',
    'fec0::1',
  ])('%s is refused, and the refusal names the setting', (address) => {
    const judged = judgeAddress(address, allowedNetworks([], false))
    expect(judged).toMatchObject({ verdict: 'refused', because: expect.stringContaining('ALERT_ALLOW_NETWORKS') })
    expect(judged).toMatchObject({ because: expect.stringContaining(address) })
  })

  it('on this machine or in its networks is allowed where the hub listens on loopback alone', () => {
    for (const address of ['127.0.0.1', '::1', '10.1.2.3', '192.168.1.1', '172.20.0.2', '100.101.102.103', 'fd12::1', '::ffff:127.0.0.1']) {
      expect(verdict(address, [], true), address).toBe('named')
    }
  })

  it('of a link, or where a cloud keeps credentials, is never allowed without its own name', () => {
    for (const address of ['169.254.169.254', 'fe80::1', 'fe80::1%eth0', 'fd00:ec2::254', '100.100.100.200', '168.63.129.16']) {
      expect(verdict(address, ['private', 'loopback', '0.0.0.0/0', '::/0'], true), address).toBe('refused')
    }
    expect(verdict('169.254.169.254', ['169.254.169.254'])).toBe('named')
    expect(verdict('169.254.1.1', ['169.254.169.254'])).toBe('refused')
    expect(verdict('fe80::1%eth0', ['link-local'])).toBe('named')
    expect(verdict('fd00:ec2::254', ['fd00:ec2::254'])).toBe('named')
  })

  it('in a network that is named is allowed, in every form', () => {
    expect(verdict('192.168.1.7', ['192.168.1.0/24'])).toBe('named')
    expect(verdict('::ffff:192.168.1.7', ['192.168.1.0/24'])).toBe('named')
    expect(verdict('192.168.2.7', ['192.168.1.0/24'])).toBe('refused')
    expect(verdict('127.0.0.1', ['loopback'])).toBe('named')
    expect(verdict('::1', ['loopback'])).toBe('named')
    expect(verdict('fd00::7', ['192.168.1.0/24', 'fd00::/8'])).toBe('named')
    expect(verdict('10.0.0.7', ['10.0.0.7'])).toBe('named')
  })
})

it('an entry of the setting that is none is named', () => {
  expect(['loopback', 'private', 'link-local', '10.0.0.0/8', '::1', 'fd00::/8'].map(networkProblem)).toEqual(Array(6).fill(undefined))
  for (const entry of ['10.0.0.0/33', 'intranet', '10.0.0/8', 'fd00::/129', '', 'toString']) {
    expect(networkProblem(entry), entry).toContain('it must be an address, a network')
  }
  expect(() => allowedNetworks(['intranet'], false)).toThrow('intranet')
})
