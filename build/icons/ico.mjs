import { PNG } from 'pngjs'

const HEADER_BYTES = 6
const ENTRY_BYTES = 16
const BITMAP_HEADER_BYTES = 40
const BITS = 32
/** From this size on an image is stored as PNG, which Windows supports since Vista. */
const AS_PNG = 256

/**
 * A Windows icon (ICO) with several sizes, each drawn separately. Small ones are bitmaps, which old programs
 * and installer tools can read too.
 * @param {readonly Buffer[]} pngs square, of different sizes
 */
export function toIco(pngs) {
  const images = pngs.map((png) => {
    const { width, data } = PNG.sync.read(png)
    return { size: width, bytes: width < AS_PNG ? toBitmap(width, data) : png }
  })
  const header = Buffer.alloc(HEADER_BYTES + ENTRY_BYTES * images.length)
  // Type 1: an icon, not a cursor.
  header.writeUInt16LE(1, 2)
  header.writeUInt16LE(images.length, 4)
  let at = header.length
  for (const [index, { size, bytes }] of images.entries()) {
    const entry = HEADER_BYTES + ENTRY_BYTES * index
    // 0 means 256.
    header.writeUInt8(size % 256, entry)
    header.writeUInt8(size % 256, entry + 1)
    header.writeUInt16LE(1, entry + 4)
    header.writeUInt16LE(BITS, entry + 6)
    header.writeUInt32LE(bytes.length, entry + 8)
    header.writeUInt32LE(at, entry + 12)
    at += bytes.length
  }
  return Buffer.concat([header, ...images.map(({ bytes }) => bytes)])
}

/**
 * A bitmap in an icon's format: the lowest line first, blue first, followed by the transparency mask, which
 * counts as a second picture below the first.
 * @param {number} size
 * @param {Buffer} rgba
 */
function toBitmap(size, rgba) {
  const header = Buffer.alloc(BITMAP_HEADER_BYTES)
  header.writeUInt32LE(BITMAP_HEADER_BYTES, 0)
  header.writeInt32LE(size, 4)
  header.writeInt32LE(2 * size, 8)
  header.writeUInt16LE(1, 12)
  header.writeUInt16LE(BITS, 14)
  const colours = Buffer.alloc(4 * size * size)
  const maskBytes = 4 * Math.ceil(size / 32)
  const mask = Buffer.alloc(maskBytes * size)
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const from = 4 * ((size - 1 - y) * size + x)
      const [red = 0, green = 0, blue = 0, alpha = 0] = rgba.subarray(from, from + 4)
      colours.set([blue, green, red, alpha], 4 * (y * size + x))
      const eight = maskBytes * y + (x >> 3)
      if (alpha === 0) mask[eight] = (mask[eight] ?? 0) | (0x80 >> (x & 7))
    }
  }
  return Buffer.concat([header, colours, mask])
}
