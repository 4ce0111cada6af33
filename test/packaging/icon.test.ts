import { readFileSync } from 'node:fs'
import path from 'node:path'
import { PNG } from 'pngjs'
import { describe, expect, it } from 'vitest'
import { root } from './packages.ts'

const icons = path.join(root, 'build/icons')
const ico = readFileSync(path.join(icons, 'app.ico'))

interface Image {
  readonly size: number
  readonly bytes: Buffer
}

/** The images of an ICO file, as its directory lists them. */
function imagesIn(file: Buffer): readonly Image[] {
  expect([file.readUInt16LE(0), file.readUInt16LE(2)]).toEqual([0, 1])
  return Array.from({ length: file.readUInt16LE(4) }, (_, index) => {
    const entry = file.subarray(6 + 16 * index, 22 + 16 * index)
    const [length, at] = [entry.readUInt32LE(8), entry.readUInt32LE(12)]
    expect(entry.readUInt8(1)).toBe(entry.readUInt8(0))
    return { size: entry.readUInt8(0) || 256, bytes: file.subarray(at, at + length) }
  })
}

/** What is to be seen, as red, green, blue and alpha from the top: in a PNG, or in a bitmap of an icon. */
function pixelsOf({ size, bytes }: Image): readonly number[] {
  if (bytes.toString('latin1', 1, 4) === 'PNG') return [...PNG.sync.read(bytes).data]
  expect([4, 8].map((at) => bytes.readInt32LE(at))).toEqual([size, 2 * size])
  const rows = Array.from({ length: size }, (_, y) => {
    const start = 40 + 4 * size * (size - 1 - y)
    return bytes.subarray(start, start + 4 * size)
  })
  return rows
    .flatMap((row) =>
      Array.from({ length: size }, (_, x) => [2, 1, 0, 3].map((part) => row[4 * x + part] ?? -1)),
    )
    .flat()
}

/** Which pixels the mask of a bitmap leaves out, from the top. */
function maskedIn({ size, bytes }: Image): readonly boolean[] {
  const width = 4 * Math.ceil(size / 32)
  const mask = bytes.subarray(40 + 4 * size * size)
  expect(mask.length).toBe(width * size)
  return Array.from({ length: size * size }, (_, at) => {
    const [x, y] = [at % size, size - 1 - Math.floor(at / size)]
    return ((mask[width * y + (x >> 3)] ?? 0) & (0x80 >> (x & 7))) !== 0
  })
}

describe('the icon for Windows', () => {
  const images = imagesIn(ico)

  it('is what the package takes', () => {
    const builder = readFileSync(path.join(root, 'electron-builder.yml'), 'utf8')
    expect(builder).toMatch(/^win:\n(?: .*\n)* {2}icon: icons\/app\.ico$/m)
  })

  it('has the sizes that Windows shows, each as it was drawn', () => {
    expect(images.map(({ size }) => size)).toEqual([16, 32, 48, 256])
    for (const image of images) {
      const drawn = PNG.sync.read(readFileSync(path.join(icons, `${image.size}x${image.size}.png`)))
      expect(pixelsOf(image)).toEqual([...drawn.data])
    }
  })

  it('masks transparent pixels, also for programs that ignore alpha', () => {
    for (const image of images.slice(0, -1)) {
      const alphas = pixelsOf(image).filter((_, at) => at % 4 === 3)
      expect(maskedIn(image)).toEqual(alphas.map((alpha) => alpha === 0))
    }
  })
})
