/** A kind of control, with an example that has an effect. */
export interface Kind {
  /** As `controls-in-page.ts` names it. */
  readonly kind: string
  readonly use: 'press' | 'type' | 'choose' | 'tick'
  readonly scene: string
  /** Passwords and summaries have none. */
  readonly role:
    | ('button' | 'menuitem' | 'switch' | 'textbox' | 'searchbox' | 'combobox' | 'checkbox')
    | ('summary' | 'password')
  readonly name: string
}

const kind = (kind: string, use: Kind['use'], scene: string, role: Kind['role'], name: string) => ({
  ...{ kind, use, scene, role, name },
})

/** Every kind of control that the window has. */
export const KINDS: readonly Kind[] = [
  kind('button button tab', 'press', 'accounts', 'button', 'Activity'),
  kind('button button button', 'press', 'accounts', 'button', 'Lock'),
  kind('button button row-title', 'press', 'accounts', 'button', 'svix/first'),
  kind('button button menu button', 'press', 'accounts', 'button', 'More for svix/first'),
  kind('div menuitem menu-item', 'press', 'accounts-menu', 'menuitem', 'Copy token'),
  kind('button submit button', 'press', 'log-in-again', 'button', 'Log in'),
  kind('button switch button switch', 'press', 'settings', 'switch', 'Lock on sleep'),
  kind('summary', 'press', 'add-sftpgo', 'summary', 'More options'),
  kind('input', 'type', 'account', 'textbox', 'Name'),
  kind('input text', 'type', 'add-sftpgo', 'textbox', 'User name'),
  kind('input url', 'type', 'add-sftpgo', 'textbox', 'Address'),
  kind('input numeric', 'type', 'add-otp', 'textbox', 'One-time code (optional)'),
  kind('input password', 'type', 'add-sftpgo', 'password', 'Password'),
  kind('input search', 'type', 'activity', 'searchbox', 'Search activity'),
  kind('input checkbox', 'tick', 'add-tool', 'checkbox', 'koyeb/work Acme (organization)'),
  kind('select', 'choose', 'account', 'combobox', 'Token lifetime'),
]
