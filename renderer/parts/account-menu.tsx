import { Ellipsis } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import type { AccountView } from '../../preload/snapshot.ts'
import { useNavigation } from '../state/navigation.tsx'
import { called } from '../text/accounts.ts'
import { shownOperations, useAccountActions } from './use-account-actions.ts'

interface Item {
  readonly label: string
  readonly act: () => unknown
  readonly isDanger?: boolean
}

/** The menu with all actions of an account. */
export function AccountMenu({ account }: { account: AccountView }) {
  const { id } = account
  const trigger = `menu-${id}`
  const groups = useGroups(account, trigger)
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger
        id={trigger}
        className="button quiet icon-button"
        aria-label={`More for ${called(account)}`}
        title="More"
      >
        <Ellipsis aria-hidden="true" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={4} collisionPadding={8}>
          {groups.map((items, index) => (
            <DropdownMenu.Group key={items[0]?.label}>
              {index > 0 && <DropdownMenu.Separator className="menu-line" />}
              {items.map(({ label, act, isDanger }) => (
                <DropdownMenu.Item
                  key={label}
                  className={isDanger ? 'menu-item danger' : 'menu-item'}
                  onSelect={() => void act()}
                >
                  {label}
                </DropdownMenu.Item>
              ))}
            </DropdownMenu.Group>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

/** Only the actions that the account's service supports. */
function useGroups(account: AccountView, trigger: string): readonly (readonly Item[])[] {
  const { id, state, leases, pinned } = account
  const actions = useAccountActions(account, trigger)
  const { go } = useNavigation()
  const isIn = state === 'signed_in'
  const offered = shownOperations(account).map(({ name, label, screen, isDanger = false }) => ({
    ...{ label: screen ? `${label}…` : label, isDanger },
    act: () => actions.operate(name),
  }))
  const groups: readonly (readonly (Item | false)[])[] = [
    [
      isIn && { label: 'Copy token', act: () => actions.copy('token') },
      isIn && { label: 'Copy as header', act: () => actions.copy('header') },
      isIn && { label: 'Copy as curl', act: () => actions.copy('curl') },
    ],
    [
      ...offered.filter(({ isDanger }) => !isDanger),
      leases > 0 && { label: 'Revoke active tokens…', act: actions.revokeActive },
      ...offered.filter(({ isDanger }) => isDanger),
    ],
    [
      pinned
        ? { label: 'Unpin', act: () => actions.pin(false) }
        : { label: 'Pin', act: () => actions.pin(true) },
      { label: 'Account settings', act: () => go({ at: 'account', account: id }) },
      {
        label: isIn ? 'Log in again…' : 'Log in…',
        act: () => go({ at: 'login', account: id }),
      },
      state !== 'signed_out' && { label: 'Log out…', act: actions.logOut },
      { label: 'Remove…', act: actions.remove, isDanger: true },
    ],
  ]
  return groups
    .map((items) => items.filter((item) => item !== false))
    .filter((items) => items.length > 0)
}
