import { type ComponentType, type LazyExoticComponent, lazy } from 'react'
import { MissingPart } from './missing-part.tsx'
import { MissingFileError, untilLoaded } from './until-loaded.ts'

/**
 * A part of the page that is loaded when it is first shown. Without the hub it comes when the hub returns; what an update of the hub has
 * removed says so in its place.
 */
// biome-ignore lint/suspicious/noExplicitAny: as in React, which infers the properties.
export function lazyPart<T extends ComponentType<any>>(load: () => Promise<{ default: T }>): LazyExoticComponent<T> {
  return lazy(() =>
    untilLoaded(load).catch((error: unknown) => {
      if (error instanceof MissingFileError) return { default: MissingPart as ComponentType as T }
      throw error
    }),
  )
}
