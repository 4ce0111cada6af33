import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import type { Bridge } from '../preload/contract.ts'
import { App } from './app.tsx'
import { PageGuard } from './page-guard.tsx'
import { Snapshots } from './state/snapshots.ts'
import { Ticker } from './state/ticker.ts'
import './styles/base.css'
import './styles/controls.css'
import './styles/lists.css'
import './styles/accounts.css'
import './styles/forms.css'
import './styles/overlays.css'
import './styles/narrow.css'

declare global {
  interface Window {
    /** Set by the preload script. */
    readonly tokentray: Bridge
  }
}

const root = document.getElementById('root')
if (root) {
  const bridge = window.tokentray
  const snapshots = new Snapshots(bridge)
  createRoot(root).render(
    <StrictMode>
      <PageGuard reload={() => window.location.reload()}>
        <App page={{ bridge, ticker: new Ticker() }} snapshots={snapshots} />
      </PageGuard>
    </StrictMode>,
  )
  void snapshots.load()
}
