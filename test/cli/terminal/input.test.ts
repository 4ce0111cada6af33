import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { Input } from '../../../main/cli/terminal/input.ts'
import { FakeTerminal } from '../run-cli.ts'

function inputOf(...chunks: (string | Buffer)[]): Input {
  const stream = new PassThrough()
  for (const chunk of chunks) stream.write(chunk)
  return new Input(stream.end())
}

async function linesOf(input: Input): Promise<string[]> {
  const lines: string[] = []
  for (let line = await input.readLine(); line !== null; line = await input.readLine()) {
    lines.push(line)
  }
  return lines
}

test.each([
  ['gives one line after the other, empty ones too', ['a\n\nb\n'], ['a', '', 'b']],
  ['gives a last line that has no line break', ['a\nb'], ['a', 'b']],
  ['gives nothing where there is nothing', [], []],
  ['puts lines together from pieces', ['a', 'b\nc', 'd\n'], ['ab', 'cd']],
  ['takes CR LF for one line end', ['a\r\nb\r\n'], ['a', 'b']],
  ['takes a CR within a piped line for data', ['a\rb\n'], ['a\rb']],
  ['takes no byte order mark for a character', ['\ufeffa\n'], ['a']],
])('%s', async (_, chunks, lines) => {
  expect(await linesOf(inputOf(...chunks))).toEqual(lines)
})

test('puts a character together whose bytes arrive apart', async () => {
  const bytes = Buffer.from('ä\u{1f511}\n')
  const single = [...bytes].map((byte) => Buffer.from([byte]))
  expect(await linesOf(inputOf(...single))).toEqual(['ä\u{1f511}'])
})

test.each([
  ['bytes that are not UTF-8', Buffer.from([0x61, 0xff, 0x0a])],
  ['an end within a character', Buffer.from([0x61, 0xc3])],
  ['a line without an end', Buffer.alloc(70_000, 'a')],
])('refuses %s', async (_, chunk) => {
  await expect(inputOf(chunk).readLine()).rejects.toMatchObject({ code: 'invalid_request' })
})

test('refuses a standard input that cannot be read', async () => {
  const stream = new PassThrough()
  const line = new Input(stream).readLine()
  stream.destroy(new Error('EIO'))
  await expect(line).rejects.toMatchObject({ code: 'invalid_request' })
})

test('reads nothing between lines', async () => {
  const stream = new PassThrough()
  const input = new Input(stream)
  stream.write('a\n')
  await input.readLine()
  expect(stream.isPaused()).toBe(true)
})

test('knows of what came together with a line, and of nothing else', async () => {
  const stream = new PassThrough()
  const input = new Input(stream)
  stream.write('a\nb')
  await input.readLine()
  expect(input.hasMore).toBe(true)
  stream.write('\n')
  await input.readLine()
  expect(input.hasMore).toBe(false)
})

test('gives what it collected to the next reads, in order, and collects no more then', async () => {
  const terminal = new FakeTerminal()
  const input = new Input(terminal)
  const seen: string[] = []
  input.collect((piece) => seen.push(piece.toString()))
  terminal.write('a')
  terminal.write('b')
  await expect.poll(() => seen).toEqual(['a', 'b'])
  expect(await input.read()).toBe('a')
  expect(await input.read()).toBe('b')
  terminal.write('c')
  expect(await input.read()).toBe('c')
  expect(seen).toEqual(['a', 'b'])
  expect(terminal.isPaused()).toBe(true)
})
