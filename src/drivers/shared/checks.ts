/** Options as they were given, by name. What was not given, or was undefined, is not there. */
export type Given = ReadonlyMap<string, unknown>

/** Throws the refusal of an option, naming it. */
export function refuse(name: string, reason: string, Kind: typeof TypeError | typeof RangeError = TypeError): never {
  throw Object.assign(new Kind(`The option "${name}" ${reason}.`), { code: 'INVALID_OPTION' })
}

/** Refuses names that are not in the list, by name. */
export function refuseUnknown(given: Given, known: readonly string[]): void {
  for (const name of given.keys()) {
    if (!known.includes(name)) refuse(name, `is unknown. Known options: ${known.join(', ')}`)
  }
}

export function booleanOption(given: Given, name: string, fallback: boolean): boolean {
  const value = given.get(name) ?? fallback
  if (typeof value !== 'boolean') refuse(name, 'must be true or false')
  return value
}

export function integerOption(given: Given, name: string, fallback: number, lowest: number, highest: number): number {
  const value = given.get(name) ?? fallback
  if (typeof value !== 'number') refuse(name, 'must be a number')
  if (!Number.isInteger(value) || value < lowest || value > highest) {
    refuse(name, `must be a whole number from ${lowest} to ${highest}, not ${value}`, RangeError)
  }
  return value
}

/** One of a few words; the first is the default. */
export function oneOf<Word extends string>(given: Given, name: string, words: readonly [Word, ...Word[]]): Word {
  const value = given.get(name) ?? words[0]
  const word = words.find((candidate) => candidate === value)
  if (word === undefined) refuse(name, `must be ${words.map((candidate) => `"${candidate}"`).join(' or ')}`)
  return word
}
