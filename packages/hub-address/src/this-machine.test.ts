import os from 'node:os'
import { expect, it } from 'vitest'
import { isLoopback, isThisMachine } from './this-machine.ts'

it.each(['127.0.0.1', '127.1.2.3', 'localhost', 'LOCALHOST', 'x.localhost', '::1', '[::1]'])('%s is a loopback host', (host) => {
  expect(isLoopback(host)).toBe(true)
})

it.each(['0.0.0.0', '::', '192.168.1.7', '127.0.0.1.example', 'localhost.example', 'example', '128.0.0.1', ''])('%s is not', (host) => {
  expect(isLoopback(host)).toBe(false)
})

it('the addresses of this machine are its own, those of others are not', () => {
  const own = Object.values(os.networkInterfaces()).flatMap((all) => all?.map(({ address }) => address) ?? [])
  for (const address of [...own, 'localhost', '[::1]']) expect(isThisMachine(address), address).toBe(true)
  for (const address of ['192.0.2.1', '[2001:db8::1]', 'hub.example']) expect(isThisMachine(address), address).toBe(false)
})
