// The same for `vite dev` and tests.
import type { ElementType, Key, ReactElement } from 'react'
import * as react from 'react/jsx-dev-runtime'
import { withSafeText } from './safe-text.ts'

export { Fragment, type JSX } from 'react/jsx-runtime'

type Source = Parameters<typeof react.jsxDEV>[4]

export function jsxDEV(
  type: ElementType,
  props: unknown,
  key: Key | undefined,
  isStatic: boolean,
  source?: Source,
  self?: unknown,
): ReactElement {
  return react.jsxDEV(type, withSafeText(props), key, isStatic, source, self)
}
