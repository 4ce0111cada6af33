import { uint32s, XConnection } from './x-connection.ts'

/** What an owner of the selection offers: a value for each target by its name. */
export type Offer = ReadonlyMap<string, Buffer>

const CREATE_WINDOW = 1
const CHANGE_PROPERTY = 18
const DELETE_PROPERTY = 19
const GET_PROPERTY = 20
const SET_SELECTION_OWNER = 22
const GET_SELECTION_OWNER = 23
const CONVERT_SELECTION = 24
const SEND_EVENT = 25
const SELECTION_CLEAR = 29
const SELECTION_REQUEST = 30
const SELECTION_NOTIFY = 31
const INPUT_ONLY = 2
const ATOM = 4
const NOW = 0
const LONGEST = 0x10000

/** The selections of the X server, for a program with one window. */
export class XSelections {
  readonly #x: XConnection
  readonly #window: number
  readonly #offers = new Map<number, Offer>()
  readonly #everOurs = new Set<number>()
  #notified: ((property: number) => void) | undefined

  private constructor(x: XConnection) {
    this.#x = x
    this.#window = x.newId()
    const place = Buffer.from([0, 0, 0, 0, 1, 0, 1, 0, 0, 0, INPUT_ONLY, 0])
    x.send(CREATE_WINDOW, 0, Buffer.concat([uint32s(this.#window, x.root), place, uint32s(0, 0)]))
    x.onEvent((event) => this.#handle(event))
  }

  static async open(display: string): Promise<XSelections> {
    return new XSelections(await XConnection.open(display))
  }

  /** Takes the selection, offering these values. */
  async own(selection: string, offer: Offer): Promise<void> {
    const atom = await this.#x.atom(selection)
    this.#offers.set(atom, offer)
    this.#everOurs.add(atom)
    this.#x.send(SET_SELECTION_OWNER, 0, uint32s(this.#window, atom, NOW))
    await this.#owner(atom)
  }

  /**
   * Clears it as Chromium does: with the time at which we took it, so that a program that took it
   * since keeps it; or with no time, whichever program owns it, if we never did.
   */
  async disown(selection: string): Promise<void> {
    const atom = await this.#x.atom(selection)
    const isOurs = this.#offers.delete(atom) && (await this.#owner(atom)) === this.#window
    if (!isOurs && this.#everOurs.has(atom)) return
    this.#x.send(SET_SELECTION_OWNER, 0, uint32s(0, atom, NOW))
    await this.#owner(atom)
  }

  /** False once another program has it. */
  async isOurs(selection: string): Promise<boolean> {
    return (await this.#owner(await this.#x.atom(selection))) === this.#window
  }

  /** The targets that the owner offers; none without an owner. */
  async targets(selection: string): Promise<string[]> {
    const list = await this.read(selection, 'TARGETS')
    const atoms = Array.from({ length: (list?.length ?? 0) / 4 }, (_, i) =>
      list?.readUInt32LE(i * 4),
    )
    return Promise.all(atoms.map((atom) => this.#x.atomName(atom ?? 0)))
  }

  /** The owner's value for a target; `null` if it gives none. */
  async read(selection: string, target: string): Promise<Buffer | null> {
    const [from, to, property] = await Promise.all(
      [selection, target, 'STANDIN'].map((name) => this.#x.atom(name)),
    )
    const notified = new Promise<number>((resolve) => {
      this.#notified = resolve
    })
    this.#x.send(
      CONVERT_SELECTION,
      0,
      uint32s(this.#window, from ?? 0, to ?? 0, property ?? 0, NOW),
    )
    if ((await notified) === 0) return null
    const reply = await this.#x.ask(
      GET_PROPERTY,
      0,
      uint32s(this.#window, property ?? 0, 0, 0, LONGEST),
    )
    this.#x.send(DELETE_PROPERTY, 0, uint32s(this.#window, property ?? 0))
    const length = reply.readUInt32LE(16) * (reply.readUInt8(1) / 8)
    return Buffer.from(reply.subarray(32, 32 + length))
  }

  close(): Promise<void> {
    return this.#x.close()
  }

  /** Also used to make sure that earlier requests have been processed. */
  async #owner(selection: number): Promise<number> {
    return (await this.#x.ask(GET_SELECTION_OWNER, 0, uint32s(selection))).readUInt32LE(8)
  }

  #handle(event: Buffer): void {
    // The highest bit marks an event sent by another program.
    const kind = event.readUInt8(0) & 0x7f
    if (kind === SELECTION_CLEAR) this.#offers.delete(event.readUInt32LE(12))
    if (kind === SELECTION_NOTIFY) this.#notified?.(event.readUInt32LE(20))
    if (kind === SELECTION_REQUEST) void this.#serve(event)
  }

  async #serve(event: Buffer): Promise<void> {
    const [time = 0, , requestor = 0, selection = 0, target = 0, asked = 0] = [
      4, 8, 12, 16, 20, 24,
    ].map((at) => event.readUInt32LE(at))
    // Old clients omit the property, which then is the target.
    const property = asked === 0 ? target : asked
    const given = await this.#give(selection, await this.#x.atomName(target))
    if (given) this.#change(requestor, property, given.type ?? target, given)
    const answer = Buffer.alloc(32)
    answer.writeUInt8(SELECTION_NOTIFY, 0)
    uint32s(time, requestor, selection, target, given ? property : 0).copy(answer, 4)
    this.#x.send(SEND_EVENT, 0, Buffer.concat([uint32s(requestor, 0), answer]))
  }

  async #give(selection: number, target: string): Promise<Given | null> {
    const offer = this.#offers.get(selection)
    if (!offer) return null
    if (target === 'TARGETS') {
      const atoms = await Promise.all(
        ['TARGETS', ...offer.keys()].map((name) => this.#x.atom(name)),
      )
      return { value: uint32s(...atoms), bits: 32, type: ATOM }
    }
    const value = offer.get(target)
    return value ? { value, bits: 8 } : null
  }

  #change(window: number, property: number, type: number, { value, bits }: Given): void {
    const head = uint32s(window, property, type, bits, value.length / (bits / 8))
    this.#x.send(CHANGE_PROPERTY, 0, Buffer.concat([head, value]))
  }
}

interface Given {
  readonly value: Buffer
  readonly bits: 8 | 32
  /** The target's own unless given. */
  readonly type?: number
}
