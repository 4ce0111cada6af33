import { Component, type ReactNode } from 'react'
import { Unreachable } from './screens/states.tsx'

const FAILED = {
  code: 'server_error',
  message: 'This window stopped working.',
  hint: 'Tokentray is still running, and tools still get tokens. Try again to reload the window; if it fails again, please report it.',
} as const

interface PageGuardProps {
  readonly children: ReactNode
  /** Reloads the page: its state in memory may be broken. */
  readonly reload: () => void
}

/** Shows an error instead of an empty window after rendering has failed. */
export class PageGuard extends Component<PageGuardProps, { readonly hasFailed: boolean }> {
  override state = { hasFailed: false }

  static getDerivedStateFromError() {
    return { hasFailed: true }
  }

  override render(): ReactNode {
    const { children, reload } = this.props
    return this.state.hasFailed ? <Unreachable failure={FAILED} retry={reload} /> : children
  }
}
