import { causeRecord, type ErrorRecord } from '../contract/failure.ts'
import { type InThreadMark, markOf } from '../contract/in-thread.ts'
import { Refusal } from './refusals.ts'

type Exports = Readonly<Record<string, unknown>>

/** A function of the user's. */
export type UserFunction = (...args: unknown[]) => unknown

/** The modules of the user's that this thread has loaded, and their functions. */
export class UserModules {
  readonly #loaded = new Map<string, Exports>()

  has(module: string): boolean {
    return this.#loaded.has(module)
  }

  /** Loads a module as Node.js does; throws a {@link Refusal} if it does not load. */
  async load(mark: InThreadMark): Promise<void> {
    try {
      this.#loaded.set(mark.module, (await import(mark.module)) as Exports)
    } catch (error) {
      throw new Refusal(unloadableRecord(mark, error))
    }
  }

  /** The function that a loaded module exports under that name; throws a {@link Refusal} if it is not there or not it. */
  find(mark: InThreadMark): UserFunction {
    const exports = this.#loaded.get(mark.module) ?? {}
    const found = Object.hasOwn(exports, mark.name) ? exports[mark.name] : undefined
    if (markOf(found)?.name === mark.name) return found as UserFunction
    throw new Refusal(found === undefined ? missingRecord(mark, exports) : unmarkedRecord(mark))
  }
}

function missingRecord(mark: InThreadMark, exports: Exports): ErrorRecord {
  const marked = Object.keys(exports).filter((name) => markOf(exports[name]))
  const known = marked.length > 0 ? `; those it does export are ${marked.join(', ')}` : ''
  return record(
    'IN_THREAD_NOT_EXPORTED',
    `${mark.module} exports no function ${JSON.stringify(mark.name)}, and a thread finds functions by their export${known}. ` +
      `Write: export const ${mark.name} = inThread(import.meta, ${JSON.stringify(mark.name)}, ...)`,
  )
}

function unmarkedRecord(mark: InThreadMark): ErrorRecord {
  const name = JSON.stringify(mark.name)
  return record(
    'IN_THREAD_NOT_EXPORTED',
    `what ${mark.module} exports as ${name} is not what inThread(import.meta, ${name}, ...) gave: a function made elsewhere, ` +
      'such as a closure, cannot be found by a thread. Export that very function under its name, and pass as arguments ' +
      'what it needs',
  )
}

function unloadableRecord(mark: InThreadMark, error: unknown): ErrorRecord {
  const said = error instanceof Error ? error.message : String(error)
  return {
    ...record(
      'IN_THREAD_UNLOADABLE',
      `the module of ${JSON.stringify(mark.name)} could not be loaded in the database thread, which imports it anew: ` +
        `${mark.module}: ${said}. Keep such functions in a module that does nothing else when it is imported`,
    ),
    cause: causeRecord(error),
  }
}

function record(code: string, message: string): ErrorRecord {
  return { type: 'InterfaceError', message, code, kind: 'usage' }
}
