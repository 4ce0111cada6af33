import { existsSync, readFileSync } from 'node:fs'

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

/** `nativeImage`. A file that is not there gives an empty image, as in Electron. */
export const nativeImage = {
  createEmpty: () => new Image(Buffer.alloc(0)),
  createFromPath: (file: string) =>
    new Image(existsSync(file) ? readFileSync(file) : Buffer.alloc(0)),
  createFromBuffer: (bytes: Buffer) => new Image(bytes),
  createFromDataURL: (url: string) =>
    new Image(Buffer.from(url.slice(url.indexOf(',') + 1), 'base64')),
}
