/**
 * Which installed package a dependency is, by Node's rule: the nearest node_modules folder that has it, looking from the
 * package's own folder upward. Null when it is not installed.
 */
export function resolveDependency(ids: ReadonlyMap<string, number>, from: string, name: string): number | null {
  const steps = from.split('/')
  for (let depth = steps.length; depth >= 0; depth--) {
    if (steps[depth - 1] === 'node_modules') continue
    const found = ids.get([...steps.slice(0, depth), 'node_modules', name].join('/'))
    if (found !== undefined) return found
  }
  return null
}
