/**
 * Puts the values of an object into `into`, from `at` on. Does so only, and gives true, if the object has just the properties
 * that the picker was made for, in their order, all its own; what is otherwise is for its caller to look at.
 */
export type Pick = (object: object, into: unknown[], at: number) => boolean

const CACHED = 500
const MOST_GENERATED = 250
const pickers = new Map<string, Pick>()

/**
 * The picker of these names. It is code made once per list of names, which enter it as JSON strings only; where making
 * code is forbidden, a loop does the same.
 */
export function pickerOf(names: readonly string[]): Pick {
  const key = JSON.stringify(names)
  const known = pickers.get(key)
  if (known) return known
  const put = generated(names) ?? looped(names)
  const pick: Pick = (object, into, at) => {
    if (!hasJust(object, names)) return false
    put(object as Record<string, unknown>, into, at)
    return true
  }
  if (pickers.size >= CACHED) pickers.delete(pickers.keys().next().value as string)
  pickers.set(key, pick)
  return pick
}

// What is inherited comes behind what is the object's own: if the last name is its own, all are. So no array of names is made.
function hasJust(object: object, names: readonly string[]): boolean {
  let i = 0
  for (const name in object) if (name !== names[i++]) return false
  return i === names.length && Object.hasOwn(object, names[i - 1] as string)
}

type Put = (object: Record<string, unknown>, into: unknown[], at: number) => void

function generated(names: readonly string[]): Put | null {
  if (names.length > MOST_GENERATED) return null
  const lines = names.map((name, i) => `into[at + ${i}] = object[${JSON.stringify(name)}]`)
  try {
    return new Function('object', 'into', 'at', lines.join('\n')) as Put
  } catch (error) {
    if (error instanceof EvalError) return null
    throw error
  }
}

function looped(names: readonly string[]): Put {
  return (object, into, at) => {
    for (let i = 0; i < names.length; i++) into[at + i] = object[names[i] as string]
  }
}
