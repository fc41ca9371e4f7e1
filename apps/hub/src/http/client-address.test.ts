import { expect, it } from 'vitest'
import { networkOf, plainAddress } from './client-address.ts'

it.each([
  ['10.0.0.1', '10.0.0.1'],
  ['::ffff:10.0.0.1', '10.0.0.1'],
  ['::FFFF:0a00:0001', '10.0.0.1'],
  ['0:0:0:0:0:ffff:10.0.0.1', '10.0.0.1'],
  ['2001:db8:0:1::1', '2001:db8:0:1::/64'],
  ['2001:0DB8:0000:0001:ffff:ffff:ffff:ffff', '2001:db8:0:1::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['::', '0:0:0:0::/64'],
  ['64:ff9b::10.0.0.1', '64:ff9b:0:0::/64'],
])('%s belongs to the network %s', (address, network) => {
  expect(networkOf(address)).toBe(network)
})

it.each([undefined, '', 'unknown', '10.0.0.1:4000', '1.2.3', 'x'.repeat(9000)])('%s is no address: one name for all of them', (address) => {
  expect(networkOf(address)).toBe('unknown')
})

it('an IPv4 address has one text', () => {
  expect(['::ffff:127.0.0.1', '::ffff:7f00:1', '127.0.0.1'].map(plainAddress)).toEqual(['127.0.0.1', '127.0.0.1', '127.0.0.1'])
  expect([plainAddress('::1'), plainAddress('FE80::1'), plainAddress(undefined)]).toEqual(['::1', 'fe80::1', undefined])
})
