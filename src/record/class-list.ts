// Counts what was told to any class: what was worked out before is then old.
let generation = 0

interface Inherited<T> {
  readonly generation: number
  readonly items: readonly T[]
}

/**
 * What classes were told, one thing after the other. A class has what its parents were told, whenever that was, and then
 * its own.
 */
export class ClassList<T> {
  readonly #own = new WeakMap<object, T[]>()
  /** What a class gave up of what its parents had been told by then. */
  readonly #without = new WeakMap<object, Set<T>>()
  readonly #known = new WeakMap<object, Inherited<T>>()

  /** Tells a class; gives what takes it back. */
  add(model: object, item: T): () => void {
    const own = this.#own.get(model) ?? []
    this.#own.set(model, own)
    own.push(item)
    generation++
    return () => {
      const at = own.indexOf(item)
      if (at < 0) return
      own.splice(at, 1)
      generation++
    }
  }

  /** Forgets all that a class has. Its parents keep theirs; what they are told from now on it has as well. */
  clear(model: object): void {
    const inherited = this.of(parentOf(model))
    this.#own.delete(model)
    this.#without.set(model, new Set([...(this.#without.get(model) ?? []), ...inherited]))
    generation++
  }

  /** What a class has, its parents' first. */
  of(model: object | null): readonly T[] {
    if (model === null) return []
    const known = this.#known.get(model)
    if (known?.generation === generation) return known.items
    const without = this.#without.get(model)
    const inherited = this.of(parentOf(model))
    const items = [...(without ? inherited.filter((item) => !without.has(item)) : inherited)]
    items.push(...(this.#own.get(model) ?? []))
    this.#known.set(model, { generation, items })
    return items
  }
}

function parentOf(model: object): object | null {
  const parent: object | null = Object.getPrototypeOf(model)
  return parent === Function.prototype ? null : parent
}
