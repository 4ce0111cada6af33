import UPNG from 'upng-js'

const MOST_COLORS = 256

/** The same picture in at most 256 colors, a third of the size: every clone of the project carries it. */
export function toSmallPng(png: Buffer): Buffer {
  const bytes = png.buffer.slice(png.byteOffset, png.byteOffset + png.byteLength)
  const image = UPNG.decode(bytes as ArrayBuffer)
  return Buffer.from(UPNG.encode(UPNG.toRGBA8(image), image.width, image.height, MOST_COLORS))
}
