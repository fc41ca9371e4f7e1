import { type ComponentType, type LazyExoticComponent, lazy } from 'react'
import { untilLoaded } from './until-loaded.ts'

/** A part of the page that is loaded when it is first shown. Without the hub it comes when the hub returns. */
// biome-ignore lint/suspicious/noExplicitAny: as in React, which infers the properties.
export function lazyPart<T extends ComponentType<any>>(load: () => Promise<{ default: T }>): LazyExoticComponent<T> {
  return lazy(() => untilLoaded(load))
}
