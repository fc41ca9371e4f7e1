import { expect, test } from 'vitest'
import { browserName, type PushFacts, toPushState } from './push-state.ts'

const facts: PushFacts = {
  isSecure: true,
  hasServiceWorker: true,
  hasPushManager: true,
  permission: 'default',
  isAppleTouch: false,
  isStandalone: false,
  isSubscribed: false,
}

test('what is in the way of notifications is known', () => {
  expect(toPushState(facts)).toBe('off')
  expect(toPushState({ ...facts, isSecure: false, hasServiceWorker: false })).toBe('insecure')
  expect(toPushState({ ...facts, permission: 'denied', isSubscribed: true })).toBe('denied')
  expect(toPushState({ ...facts, hasPushManager: false })).toBe('unsupported')
  expect(toPushState({ ...facts, permission: undefined })).toBe('unsupported')
  expect(toPushState({ ...facts, hasPushManager: false, permission: undefined, isAppleTouch: true })).toBe('needs_home_screen')
  expect(toPushState({ ...facts, hasPushManager: false, isAppleTouch: true, isStandalone: true })).toBe('unsupported')
})

test('a browser is on when it is subscribed and still permitted', () => {
  expect(toPushState({ ...facts, permission: 'granted', isSubscribed: true })).toBe('on')
  expect(toPushState({ ...facts, permission: 'granted' })).toBe('off')
  // The permission was reset in the settings of the browser.
  expect(toPushState({ ...facts, permission: 'default', isSubscribed: true })).toBe('off')
})

test('a browser is called as people call it', () => {
  expect(browserName('Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0')).toBe('Firefox on Linux')
  expect(browserName('Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36')).toBe(
    'Chrome on Android',
  )
  expect(
    browserName('Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 Version/18.6 Mobile/15E148 Safari/604.1'),
  ).toBe('Safari on iPhone')
  expect(browserName('something')).toBe('A browser')
})
