import { Component, type ReactNode } from 'react'
import { ErrorScreen } from './error-screen.tsx'

interface Failure {
  readonly error?: unknown
}

/** What fails to render takes nothing outside this with it. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, Failure> {
  override state: Failure = {}
  static getDerivedStateFromError(error: unknown): Failure {
    return { error: error ?? new Error('The screen failed') }
  }
  override render(): ReactNode {
    return this.state.error === undefined ? this.props.children : <ErrorScreen error={this.state.error} />
  }
}
