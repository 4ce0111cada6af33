import type { Mutant } from '../mutant.ts'

const button = 'renderer/parts/button.tsx'
const topBar = 'renderer/parts/top-bar.tsx'
const actions = 'renderer/parts/account-actions.tsx'
const menu = 'renderer/parts/account-menu.tsx'
const base = 'renderer/styles/base.css'
const lists = 'renderer/styles/lists.css'
const overlays = 'renderer/styles/overlays.css'
/** The scenes of that file are in the names of its tests. */
const inReachable = (test: string) => ({ file: 'test/renderer/reachable.test.ts', test })

/** All of the window can be reached and done by keyboard alone, and shows where that is. */
export const keyboard: readonly Mutant[] = [
  {
    promise: 'Tab passes over no button',
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
    promise: 'what is pressed is a button, which the keyboard can press too',
    changes: [
      { file: actions, find: '<button\n', replace: '<div\n' },
      { file: actions, find: '</button>', replace: '</div>' },
    ],
    noticedBy: inReachable('account-svix'),
  },
  {
    promise: 'the arrows lead to each item of a menu',
    changes: [
      { file: menu, find: '<DropdownMenu.Item\n', replace: '<div role="menuitem"\n' },
      { file: menu, find: 'onSelect=', replace: 'onClick=' },
      { file: menu, find: '</DropdownMenu.Item>', replace: '</div>' },
    ],
    noticedBy: inReachable('accounts-menu'),
  },
  {
    promise: 'Tab goes through a screen in the order in which it is read',
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
    promise: 'a tab of the window is opened by the keyboard, too',
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
    promise: 'what has the focus is outlined',
    changes: [{ file: base, find: 'outline: 2px solid var(--accent);', replace: 'outline: none;' }],
    noticedBy: inReachable('activity-more'),
  },
  {
    promise: 'the outline of what has the focus stands out',
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
    promise: 'the outline of what has the focus stands out in the dark',
    changes: [{ file: base, find: '--accent: #8bb0ff;', replace: '--accent: #2b3f66;' }],
    noticedBy: inReachable('it is shown in the dark, too'),
  },
  {
    promise: 'a row that has the focus is outlined',
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
    promise: 'the item of a menu that has the focus is filled',
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
    promise: 'a screen that nobody has gone over by keyboard is noticed',
    changes: [
      {
        file: 'renderer/state/places.ts',
        find: "  portal: 'on',",
        replace: "  portal: 'on',\n  other: 'on',",
      },
    ],
    noticedBy: inReachable('a person gets to'),
  },
]
