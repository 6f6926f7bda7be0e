/**
 * Makes structured clone refuse an object with a sentence that helps: without it a worker would get an empty object in
 * silence. What cannot be cloned is named in the DataCloneError by its description.
 */
export function refuseClones(object: object): void {
  const hint =
    'a ConnectionPool, which belongs to its thread (let each worker open a pool of its own from the same URL),'
  Object.defineProperty(object, 'thread', { value: Symbol(hint), enumerable: true })
}
