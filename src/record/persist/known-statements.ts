import type { Definition } from '../contract.ts'
import type { Statement } from '../statement.ts'
import { TableAttributes } from '../table-attributes.ts'

interface Known {
  readonly dialect: string
  readonly byAttributes: Map<number, Statement>
}

/** As many attributes as a number has bits, but for the sign. */
const MOST = 31

/**
 * Statements of one kind, by model and by the attributes that they write: a number says which these are. A shape would be
 * put together, and looked up, anew with each record.
 */
export class KnownStatements {
  readonly #known = new WeakMap<Definition, Known>()

  /** The statement for these attributes, one bit for each; `make` makes it if it is not known. */
  of(definition: Definition, bits: number, make: () => Statement): Statement {
    const { attributes, database } = definition
    // Columns that are those of the table may become others.
    if (attributes.size > MOST || attributes instanceof TableAttributes) return make()
    const { byAttributes } = this.#of(definition, database.dialect)
    const known = byAttributes.get(bits)
    if (known) return known
    const made = make()
    byAttributes.set(bits, made)
    return made
  }

  #of(definition: Definition, dialect: string): Known {
    const known = this.#known.get(definition)
    if (known?.dialect === dialect) return known
    const fresh = { dialect, byAttributes: new Map() }
    this.#known.set(definition, fresh)
    return fresh
  }
}
