import { expect, test } from 'vitest'
import { hrefOf, matchRoute } from './href.ts'
import type { RoutePath } from './route-search.ts'

const routes: readonly RoutePath[] = ['/', '/sessions', '/sessions/$id', '/usage']

test('an address has the base, the id, the parameters and the hash, each encoded', () => {
  expect(hrefOf({ to: '/' }, '/app')).toBe('/app')
  expect(hrefOf({ to: '/', search: { range: '7d' } }, '/signalbox/app')).toBe('/signalbox/app?range=7d')
  expect(hrefOf({ to: '/sessions/$id', params: { id: 'a/b c$&' } }, '/app')).toBe('/app/sessions/a%2Fb%20c%24%26')
  expect(hrefOf({ to: '/usage', search: { project: 'a&b', with_estimates: true, find: '' } }, '/app')).toBe(
    '/app/usage?project=a%26b&with_estimates=true',
  )
  expect(hrefOf({ to: '/machines', hash: 'rack 1' }, '/app')).toBe('/app/machines#rack%201')
})

test('a path finds its route, with or without a slash at its end', () => {
  expect(matchRoute('/', routes)).toEqual({ route: '/', id: undefined })
  expect(matchRoute('', routes)).toEqual({ route: '/', id: undefined })
  expect(matchRoute('/sessions/', routes)).toEqual({ route: '/sessions', id: undefined })
  expect(matchRoute('/sessions/a%2Fb', routes)).toEqual({ route: '/sessions/$id', id: 'a/b' })
  for (const path of ['/nowhere', '/sessions/a/b', '/sessions/%E0', '/usage/x', '/sessions/$id/']) {
    expect(matchRoute(path, routes)?.id, path).toBe(path.includes('$id') ? '$id' : undefined)
  }
})
