import { expect, test } from 'vitest'
import { createPrompt } from '../../../main/cli/terminal/prompt.ts'
import { markedSecret } from '../../helpers/marks.ts'
import { FakeOutput, FakeTerminal } from '../run-cli.ts'

function onTerminal() {
  const terminal = new FakeTerminal()
  const output = new FakeOutput()
  let interrupts = 0
  const interrupt = () => {
    interrupts += 1
  }
  const prompt = createPrompt(() => terminal, output, { interrupt })
  return { terminal, output, prompt, interrupts: () => interrupts }
}

test('shows nothing of a hidden answer and leaves the terminal as it was', async () => {
  const { terminal, output, prompt } = onTerminal()
  const password = markedSecret('typed')
  const answer = prompt.hidden('Password: ')
  expect(terminal.isRaw).toBe(true)
  terminal.write(`${password}\r`)
  expect((await answer).reveal()).toBe(password)
  expect(output.text).toBe('Password: \n')
  prompt.close()
  expect(terminal.isRaw).toBe(false)
})

test('is silent already when the question appears', async () => {
  const { terminal, prompt } = onTerminal()
  const seen: boolean[] = []
  const output = { write: () => seen.push(terminal.isRaw) }
  const answer = createPrompt(() => terminal, output, { interrupt: () => {} }).hidden('Password: ')
  terminal.write('a\r')
  await answer
  expect(seen[0]).toBe(true)
  expect(prompt.interactive).toBe(true)
})

test.each([
  ['Ctrl-C', (terminal: FakeTerminal) => terminal.write('half\u0003')],
  ['the end of input', (terminal: FakeTerminal) => terminal.end()],
])('%s cancels a hidden question', async (_, act) => {
  const { terminal, prompt } = onTerminal()
  const answer = prompt.hidden('Password: ')
  act(terminal)
  await expect(answer).rejects.toMatchObject({ code: 'cancelled' })
  prompt.close()
  expect(terminal.isRaw).toBe(false)
})

test('refuses what is not UTF-8, and restores the terminal', async () => {
  const { terminal, prompt } = onTerminal()
  const answer = prompt.hidden('Password: ')
  terminal.write(Buffer.from([0xff, 0x0d]))
  await expect(answer).rejects.toMatchObject({ code: 'invalid_request' })
  prompt.close()
  expect(terminal.isRaw).toBe(false)
})

test('answers several questions from lines that were pasted together', async () => {
  const { terminal, prompt } = onTerminal()
  terminal.write('one\r\ntwo\rthree\r')
  expect((await prompt.hidden('1: ')).reveal()).toBe('one')
  expect((await prompt.hidden('2: ')).reveal()).toBe('two')
  expect(await prompt.visible('3: ')).toBe('three')
})

test('takes CR and CR LF for one line end, and a line feed that comes later for another', async () => {
  const { terminal, prompt } = onTerminal()
  terminal.write('a\rb\r\nc\r')
  for (const line of ['a', 'b', 'c']) expect(await prompt.visible('? ')).toBe(line)
  terminal.write('\n')
  expect(await prompt.visible('? ')).toBe('')
})

test('shows of lines that are pasted together only those whose question is there', async () => {
  const { terminal, output, prompt } = onTerminal()
  const password = markedSecret('pasted')
  terminal.write(`alice\r${password}\r`)
  await prompt.visible('Name: ')
  expect((await prompt.hidden('Password: ')).reveal()).toBe(password)
  expect(output.text).toBe('Name: alice\nPassword: \n')
})

test('stays silent between questions, and keeps what is typed for the next one', async () => {
  const { terminal, output, prompt } = onTerminal()
  const password = markedSecret('early')
  terminal.write('alice\r')
  await prompt.visible('Name: ')
  expect(terminal.isRaw).toBe(true)
  terminal.write(`${password}\r`)
  await expect.poll(() => terminal.readableLength).toBe(0)
  expect((await prompt.hidden('Password: ')).reveal()).toBe(password)
  expect(output.text).toBe('Name: alice\nPassword: \n')
})

test('once it is hushed, shows nothing that is typed before the first question', async () => {
  const { terminal, output, prompt } = onTerminal()
  const password = markedSecret('ahead')
  prompt.hush()
  expect(terminal.isRaw).toBe(true)
  terminal.write(`alice\r${password}\r`)
  await expect.poll(() => terminal.readableLength).toBe(0)
  expect(output.text).toBe('')
  expect(await prompt.visible('Name: ')).toBe('alice')
  expect((await prompt.hidden('Password: ')).reveal()).toBe(password)
  expect(output.text).toBe('Name: alice\nPassword: \n')
  prompt.close()
  expect(terminal.isRaw).toBe(false)
})

test('a Ctrl-C before the first question interrupts as well', async () => {
  const { terminal, prompt, interrupts } = onTerminal()
  prompt.hush()
  terminal.write('\u0003')
  await expect.poll(interrupts).toBe(1)
  expect(terminal.isRaw).toBe(false)
})

test('a Ctrl-C between questions restores the terminal and interrupts', async () => {
  const { terminal, prompt, interrupts } = onTerminal()
  terminal.write('alice\r')
  await prompt.visible('Name: ')
  terminal.write('x\u0003')
  await expect.poll(interrupts).toBe(1)
  expect(terminal.isRaw).toBe(false)
})

test('a Ctrl-C that is read in one piece with the line before it cancels', async () => {
  const { terminal, prompt } = onTerminal()
  const password = markedSecret('regretted')
  terminal.write(`${password}\r\u0003`)
  await expect(prompt.hidden('Password: ')).rejects.toMatchObject({ code: 'cancelled' })
  terminal.write(`alice\r${password}\r\u0003`)
  expect(await prompt.visible('Name: ').catch(({ code }) => code)).toBe('cancelled')
  prompt.close()
})

test('leaves what is typed afterwards to other programs', async () => {
  const { terminal, prompt } = onTerminal()
  terminal.write('alice\r')
  await prompt.visible('Name: ')
  prompt.close()
  terminal.write('ls\r')
  expect(terminal.readableLength).toBe(3)
  expect(terminal.isPaused()).toBe(true)
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

test('removes terminal control characters from a question', async () => {
  const { terminal, output, prompt } = onTerminal()
  terminal.write('a\n')
  await prompt.visible('\u001b[2JName\u202e: ')
  expect(output.text).toBe('?[2JName?: a\n')
})
