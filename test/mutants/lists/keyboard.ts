import type { Mutant } from '../mutant.ts'

const button = 'renderer/parts/button.tsx'
const topBar = 'renderer/parts/top-bar.tsx'
const actions = 'renderer/parts/account-actions.tsx'
const menu = 'renderer/parts/account-menu.tsx'
const base = 'renderer/styles/base.css'
const lists = 'renderer/styles/lists.css'
const overlays = 'renderer/styles/overlays.css'
/** That file has its scenes in its test names. */
const inReachable = (test: string) => ({ file: 'test/renderer/reachable.test.ts', test })

/** The whole window can be used by keyboard alone, with a visible focus. */
export const keyboard: readonly Mutant[] = [
  {
    promise: 'Tab skips no button',
    changes: [
      {
        file: button,
        find: '      title={label}\n',
        replace: '      title={label}\n tabIndex={-1}\n',
      },
    ],
    noticedBy: inReachable('activity-more'),
  },
  {
    promise: 'clickable elements are buttons, which the keyboard can press',
    changes: [
      { file: actions, find: '<button\n', replace: '<div\n' },
      { file: actions, find: '</button>', replace: '</div>' },
    ],
    noticedBy: inReachable('account-svix'),
  },
  {
    promise: 'the arrow keys reach each item of a menu',
    changes: [
      { file: menu, find: '<DropdownMenu.Item\n', replace: '<div role="menuitem"\n' },
      { file: menu, find: 'onSelect=', replace: 'onClick=' },
      { file: menu, find: '</DropdownMenu.Item>', replace: '</div>' },
    ],
    noticedBy: inReachable('accounts-menu'),
  },
  {
    promise: 'Tab follows the reading order of a screen',
    changes: [
      {
        file: topBar,
        find: '<IconButton label="Lock"',
        replace: '<IconButton tabIndex={1} label="Lock"',
      },
    ],
    noticedBy: inReachable('activity-more'),
  },
  {
    promise: 'a tab of the window can be opened by keyboard',
    changes: [
      {
        file: topBar,
        find: 'onClick={() => go({ at })}',
        replace: 'onClick={({ detail }) => detail > 0 && go({ at })}',
      },
    ],
    noticedBy: { file: 'test/renderer/pressed.test.ts', test: 'with Enter and with Space' },
  },
  {
    promise: 'the focused element has an outline',
    changes: [{ file: base, find: 'outline: 2px solid var(--accent);', replace: 'outline: none;' }],
    noticedBy: inReachable('activity-more'),
  },
  {
    promise: 'the focus outline has enough contrast',
    changes: [
      {
        file: base,
        find: 'outline: 2px solid var(--accent);',
        replace: 'outline: 2px solid var(--edge);',
      },
    ],
    noticedBy: inReachable('activity-more'),
  },
  {
    promise: 'the focus outline has enough contrast in dark mode',
    changes: [{ file: base, find: '--accent: #8bb0ff;', replace: '--accent: #2b3f66;' }],
    noticedBy: inReachable('the focus is also visible in the dark scheme'),
  },
  {
    promise: 'a focused row has an outline',
    changes: [
      {
        file: lists,
        find: '  outline: 2px solid var(--accent);\n  outline-offset: -3px;',
        replace: '  outline: none;',
      },
    ],
    noticedBy: inReachable('account-svix'),
  },
  {
    promise: 'a focused menu item is highlighted',
    changes: [
      {
        file: overlays,
        find: '  background: var(--accent);\n  color: var(--on-accent);',
        replace: '  color: var(--accent);',
      },
    ],
    noticedBy: inReachable('accounts-menu'),
  },
  {
    promise: 'a screen without a keyboard test is detected',
    changes: [
      {
        file: 'renderer/state/places.ts',
        find: "  portal: 'on',",
        replace: "  portal: 'on',\n  other: 'on',",
      },
    ],
    noticedBy: inReachable('a user reaches'),
  },
]
