import { Component, type ReactNode } from 'react'
import { Unreachable } from './screens/states.tsx'

const FAILED = {
  code: 'server_error',
  message: 'This window has failed.',
  hint: 'Tokentray goes on, and tools get their tokens. Load the window again; if it fails again, please report it.',
} as const

interface PageGuardProps {
  readonly children: ReactNode
  /** Loads the page anew: what it had in memory may not be as it should. */
  readonly reload: () => void
}

/** Shows, in place of an empty window, that the page has failed while it was drawn. */
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
