import { expect, test } from 'vitest'
import { LineEditor } from '../../../main/cli/terminal/line-editor.ts'
import { ShownLine } from '../../../main/cli/terminal/shown-line.ts'

/** The line that results from typing these pieces, each arriving in one read of the terminal. */
function type(...pieces: string[]): string {
  const line = new LineEditor()
  for (const piece of pieces) {
    const typed = line.feed(piece)
    if (typed.kind === 'line') return typed.line.reveal()
    if (typed.kind === 'cancelled') return '(cancelled)'
  }
  return '(more)'
}

test.each([
  ['Enter ends the line', ['ab', 'c\r'], 'abc'],
  ['a line feed ends the line', ['abc\n'], 'abc'],
  ['backspace takes the last character back', ['abx\u007fc\r'], 'abc'],
  ['backspace takes back a whole character outside the first plane', ['a\u{1f511}\u007f\r'], 'a'],
  ['backspace in an empty line does nothing', ['\u007f\ba\r'], 'a'],
  ['Ctrl-U takes everything back', ['wrong\u0015right\r'], 'right'],
  ['backspace takes a letter back with its accent', ['e\u0301mo\u007f\u007f\u007fdemo\r'], 'demo'],
  [
    'backspace takes back a family of joined characters',
    ['a\u{1f468}\u200d\u{1f469}\u007f\r'],
    'a',
  ],
  ['Ctrl-W takes the last word back', ['one two  \u0017three\r'], 'one three'],
  ['Ctrl-C cancels', ['abc\u0003'], '(cancelled)'],
  ['Ctrl-C cancels within an escape sequence', ['abc\u001b[\u0003'], '(cancelled)'],
  ['Ctrl-D cancels where nothing was typed', ['\u0004'], '(cancelled)'],
  ['Ctrl-D ends a line that is not empty', ['abc\u0004'], 'abc'],
  ['characters beyond ASCII are kept', ['pässwörd \u{1f511}\r'], 'pässwörd \u{1f511}'],
  ['a tab and blanks are kept', [' a\tb \r'], ' a\tb '],
  ['arrow keys and function keys are left out', ['a\u001b[Ab\u001bOPc\u001b[15~d\r'], 'abcd'],
  ['a sequence in two pieces is left out', ['a\u001b', '[Ab\u001b[1', ';5Cc\r'], 'abc'],
  ['the marks around a paste are left out', ['\u001b[200~abc\u001b[201~\r'], 'abc'],
  ['the Escape key alone eats nothing that is typed after it', ['a\u001b', 'bc\r'], 'abc'],
  ['a key pressed with Alt is left out', ['a\u001bxb\r'], 'ab'],
  ['other control characters are left out', ['a\u0000\u001ab\r'], 'ab'],
  ['no Enter, no line', ['abc'], '(more)'],
])('%s', (_, pieces, expected) => {
  expect(type(...pieces)).toBe(expected)
})

test('shows what is typed where it may be seen, and takes back what is taken back', () => {
  let shown = ''
  const output = {
    write: (text: string) => {
      shown += text
    },
  }
  const line = new LineEditor(new ShownLine(output, ''))
  line.feed('a\u001b[Ab\u007f\u009b\u202e')
  expect(shown).toBe('ab\b \b??')
  shown = ''
  line.feed('\u0015\u0015cd\rsecret')
  expect(shown).toBe('\b \b\b \b\b \bcd')
})

test('keeps what was pasted behind the line', () => {
  const typed = new LineEditor().feed('one\rtwo\rthree')
  expect(typed).toMatchObject({ kind: 'line', rest: 'two\rthree', end: '\r' })
})
