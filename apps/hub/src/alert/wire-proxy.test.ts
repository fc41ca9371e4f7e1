import { expect, it } from 'vitest'
import { proxyFor } from './wire-proxy.ts'

const env = {
  HTTP_PROXY: 'http://proxy:3128',
  https_proxy: 'http://secure:3128',
  NO_PROXY: '.corp.example,exact.example,10.0.0.1-10.0.0.9,port.example:8443',
}
const through = (url: string, settings: NodeJS.ProcessEnv = env) => proxyFor(new URL(url), settings)

it('each scheme has its proxy, and lower case counts before upper case', () => {
  expect(through('http://example.com/')).toBe('http://proxy:3128')
  expect(through('https://example.com/')).toBe('http://secure:3128')
  expect(through('http://example.com/', { HTTP_PROXY: 'http://a', http_proxy: 'http://b' })).toBe('http://b')
  expect(through('http://example.com/', {})).toBeUndefined()
  expect(through('http://example.com/', { HTTP_PROXY: 'socks5://a' })).toBeUndefined()
})

it('goes around the proxy where NO_PROXY says so, and always to this machine', () => {
  const direct = [
    'https://hub.corp.example/',
    'https://corp.example/',
    'https://exact.example/',
    'http://10.0.0.5/',
    'https://port.example:8443/',
    'http://localhost:4000/',
    'http://127.0.0.1/',
    'http://[::1]:80/',
  ]
  expect(direct.filter((url) => through(url) !== undefined)).toEqual([])
  const proxied = ['https://notcorp.example/', 'https://a.exact.example/', 'http://10.0.0.10/', 'https://port.example/']
  expect(proxied.filter((url) => through(url) === undefined)).toEqual([])
  expect(through('https://example.com/', { ...env, no_proxy: '*' })).toBeUndefined()
  expect(through('https://a.b.example/', { ...env, no_proxy: '*.b.example' })).toBeUndefined()
})
