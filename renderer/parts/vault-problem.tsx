import { useFeedback } from '../state/feedback.tsx'
import { useBridge, useSnapshot } from '../state/page.tsx'
import { Button } from './button.tsx'
import { FailureBox } from './failure-box.tsx'

const UNAVAILABLE = {
  code: 'vault_unavailable',
  message: 'The keychain is not available.',
  hint: 'On Linux, install gnome-keyring and start a session bus, then try again.',
}
const LOCKED = {
  code: 'vault_locked',
  message: 'The keychain is locked.',
  hint: 'Unlock the system keychain, then try again.',
}

/** Why the keychain cannot be used, and what to do; nothing while it works. */
export function VaultProblem() {
  const { status } = useSnapshot()
  const { run } = useFeedback()
  const bridge = useBridge()
  if (!isWithoutVault(status)) return null
  const isMissing = status.vault === 'vault_unavailable'
  const failure = status.vaultProblem ?? (isMissing ? UNAVAILABLE : LOCKED)
  return (
    <FailureBox failure={failure}>
      <Button look="primary" act={() => run(() => bridge.retryVault())}>
        Try again
      </Button>
      {isMissing && (
        <Button act={() => run(() => bridge['useMemory']())}>Keep passwords in memory only</Button>
      )}
    </FailureBox>
  )
}

/** True while there is nowhere to keep credentials. */
export const isWithoutVault = (status: { readonly vault: string; readonly memory: boolean }) =>
  status.vault !== 'ready' && !status.memory
