/** What a line of the record is called outside, where it differs. */
interface Recorded {
  /** Epoch milliseconds. */
  readonly at: number
  readonly accountUid?: string
  readonly atService?: string
  readonly isRefusal: boolean
}

/** A line as the endpoint and exported files show it: in snake_case, with its time in epoch seconds. */
export function toOutwardLine<Line extends Recorded>({
  at,
  atService,
  accountUid,
  isRefusal,
  ...line
}: Line) {
  return {
    at: Math.floor(at / 1_000),
    ...line,
    ...(accountUid !== undefined && { account_uid: accountUid }),
    ...(atService !== undefined && { at_service: atService }),
    ...(isRefusal && { refused: true as const }),
  }
}
