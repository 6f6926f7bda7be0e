/** Says which set of values an error belongs to. */
export class SetError extends Error {
  readonly index: number

  constructor(index: number, cause: unknown) {
    super(`Set ${index} failed`, { cause })
    this.index = index
  }
}

/** Says which file an error belongs to. */
export class OpenError extends Error {
  readonly filename: string

  constructor(filename: string, cause: unknown) {
    super(`Opening ${filename} failed`, { cause })
    this.filename = filename
  }
}
