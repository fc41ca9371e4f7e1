// What JSX of this page is compiled to: React's own functions, behind the one place through which every text reaches the screen.
// Names and texts come from transcripts and from other programs. Ids in requests stay as they are.
import type { ElementType, Key, ReactElement } from 'react'
import * as react from 'react/jsx-runtime'
import { withSafeText } from './safe-text.ts'

export { Fragment, type JSX } from 'react/jsx-runtime'

export function jsx(type: ElementType, props: unknown, key?: Key): ReactElement {
  return react.jsx(type, withSafeText(props), key)
}

export function jsxs(type: ElementType, props: unknown, key?: Key): ReactElement {
  return react.jsxs(type, withSafeText(props), key)
}
