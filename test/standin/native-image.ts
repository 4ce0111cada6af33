import { existsSync, readFileSync } from 'node:fs'
import { PNG } from 'pngjs'

/** `NativeImage`: the bytes of a PNG, or nothing. */
export class Image {
  #png: Buffer
  #isTemplate = false

  constructor(png: Buffer) {
    this.#png = png
  }

  isEmpty(): boolean {
    return this.#png.length === 0
  }

  getSize(): { width: number; height: number } {
    if (this.#png.length < 24) return { width: 0, height: 0 }
    return { width: this.#png.readUInt32BE(16), height: this.#png.readUInt32BE(20) }
  }

  toPNG(): Buffer {
    return this.#png
  }

  /** Blue, green, red and opacity of each pixel, as Skia has them on Intel. */
  toBitmap(): Buffer {
    const { data } = PNG.sync.read(this.#png)
    const pixels = Buffer.from(data)
    for (let at = 0; at < pixels.length; at += 4) {
      pixels[at] = data[at + 2] ?? 0
      pixels[at + 2] = data[at] ?? 0
    }
    return pixels
  }

  toDataURL(): string {
    return `data:image/png;base64,${this.#png.toString('base64')}`
  }

  resize(): Image {
    return this
  }

  /** The first one counts. */
  addRepresentation({ buffer }: { readonly buffer?: Buffer }): void {
    if (buffer && this.isEmpty()) this.#png = buffer
  }

  setTemplateImage(isTemplate: boolean): void {
    this.#isTemplate = isTemplate
  }

  isTemplateImage(): boolean {
    return this.#isTemplate
  }
}

/** `nativeImage`. A missing file gives an empty image, as in Electron. */
export const nativeImage = {
  createEmpty: () => new Image(Buffer.alloc(0)),
  createFromPath: (file: string) =>
    new Image(existsSync(file) ? readFileSync(file) : Buffer.alloc(0)),
  createFromBuffer: (bytes: Buffer) => new Image(bytes),
  createFromDataURL: (url: string) =>
    new Image(Buffer.from(url.slice(url.indexOf(',') + 1), 'base64')),
}
