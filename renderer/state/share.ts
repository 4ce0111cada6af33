/**
 * The newer of two plain data values, with every unchanged part taken from the older one, so that
 * what has not changed stays the identical object. List members are matched by `id` or `name`,
 * wherever they are in the list.
 */
export function share<Value>(before: unknown, after: Value): Value {
  if (Object.is(before, after)) return after
  if (Array.isArray(before) && Array.isArray(after)) return shareList(before, after) as Value
  if (!isObject(before) || !isObject(after)) return after
  const names = Object.keys(after)
  const shared = Object.fromEntries(names.map((name) => [name, share(before[name], after[name])]))
  const isSame =
    names.length === Object.keys(before).length &&
    names.every((name) => name in before && shared[name] === before[name])
  return (isSame ? before : shared) as Value
}

function shareList(before: readonly unknown[], after: readonly unknown[]): readonly unknown[] {
  const known = new Map(before.map((item, index) => [keyOf(item, index), item]))
  const shared = after.map((item, index) => share(known.get(keyOf(item, index)), item))
  const isSame =
    shared.length === before.length && shared.every((item, index) => item === before[index])
  return isSame ? before : shared
}

function keyOf(item: unknown, index: number): unknown {
  if (!isObject(item)) return index
  return item['id'] ?? item['name'] ?? index
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
