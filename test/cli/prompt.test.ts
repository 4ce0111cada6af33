import { expect, test } from 'vitest'
import { createPrompt } from '../../main/cli/prompt.ts'
import { markedSecret } from '../helpers/marks.ts'
import { FakeOutput, FakeTerminal } from './run-cli.ts'

function onTerminal() {
  const terminal = new FakeTerminal()
  const output = new FakeOutput()
  return { terminal, output, prompt: createPrompt(() => terminal, output) }
}

test('shows nothing of a hidden answer and leaves the terminal as it was', async () => {
  const { terminal, output, prompt } = onTerminal()
  const password = markedSecret('typed')
  const answer = prompt.hidden('Password: ')
  expect(terminal.isRaw).toBe(true)
  terminal.write(`${password}\r`)
  expect((await answer).reveal()).toBe(password)
  expect(output.text).toBe('Password: \n')
  expect(terminal.isRaw).toBe(false)
})

test('is silent already when the question appears', async () => {
  const { terminal, prompt } = onTerminal()
  const seen: boolean[] = []
  const output = { write: () => seen.push(terminal.isRaw) }
  const answer = createPrompt(() => terminal, output).hidden('Password: ')
  terminal.write('a\r')
  await answer
  expect(seen[0]).toBe(true)
  expect(prompt.interactive).toBe(true)
})

test.each([
  ['Ctrl-C', (terminal: FakeTerminal) => terminal.write('half\u0003')],
  ['the end of input', (terminal: FakeTerminal) => terminal.end()],
])('%s cancels a hidden question and restores the terminal', async (_, act) => {
  const { terminal, prompt } = onTerminal()
  const answer = prompt.hidden('Password: ')
  act(terminal)
  await expect(answer).rejects.toMatchObject({ code: 'cancelled' })
  expect(terminal.isRaw).toBe(false)
})

test('restores the terminal when what was typed is not UTF-8', async () => {
  const { terminal, prompt } = onTerminal()
  const answer = prompt.hidden('Password: ')
  terminal.write(Buffer.from([0xff, 0x0d]))
  await expect(answer).rejects.toMatchObject({ code: 'invalid_request' })
  expect(terminal.isRaw).toBe(false)
})

test('answers several questions from lines that were pasted together', async () => {
  const { terminal, prompt } = onTerminal()
  terminal.write('one\r\ntwo\rthree\r')
  expect((await prompt.hidden('1: ')).reveal()).toBe('one')
  expect((await prompt.hidden('2: ')).reveal()).toBe('two')
  expect(await prompt.visible('3: ')).toBe('three')
})

test('gives a visible answer without the blanks around it', async () => {
  const { terminal, prompt } = onTerminal()
  terminal.write('  alice \n')
  expect(await prompt.visible('Name: ')).toBe('alice')
})

test('cancels a visible question at the end of input', async () => {
  const { terminal, prompt } = onTerminal()
  terminal.end()
  await expect(prompt.visible('Name: ')).rejects.toMatchObject({ code: 'cancelled' })
})

test('takes from a question what could steer the terminal', async () => {
  const { terminal, output, prompt } = onTerminal()
  terminal.write('a\n')
  await prompt.visible('\u001b[2JName\u202e: ')
  expect(output.text).toBe('?[2JName?: ')
})
