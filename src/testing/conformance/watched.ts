import type { Connection, OpenResult } from '../../contract/connection.ts'

/** The names of calls that have not settled yet. */
export type PendingCalls = Set<{ readonly name: string }>

/** The same connection; `pending` always tells which of its calls have not settled. */
export function watched(connection: Connection, pending: PendingCalls): Connection {
  return watch(connection, pending, (name, result) => {
    if (name !== 'open') return result
    return (result as ReturnType<Connection['open']>).then((opened) =>
      'first' in opened ? (watch(opened, pending) satisfies OpenResult) : opened,
    )
  })
}

type Change = (name: string | symbol, result: Promise<unknown>) => Promise<unknown>

function watch<T extends object>(target: T, pending: PendingCalls, change: Change = (_, result) => result): T {
  return new Proxy(target, {
    get(_, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return (...args: unknown[]) => {
        const result: unknown = Reflect.apply(member, target, args)
        if (!(result instanceof Promise)) return result
        const call = { name: String(name) }
        pending.add(call)
        const settled = () => pending.delete(call)
        result.then(settled, settled)
        return change(name, result)
      }
    },
  })
}
