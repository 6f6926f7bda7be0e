const CHANGES = /^(?:INSERT \d+|UPDATE|DELETE|MERGE|COPY|MOVE) (\d+)$/

/** How many rows a statement changed, by the tag with which the server tells that it is done; -1 where that says nothing. */
export function rowCountOf(bytes: Buffer, at: number, end: number): number {
  // S of SELECT, the most frequent by far.
  if (bytes[at] === 0x53) return -1
  const match = CHANGES.exec(bytes.toString('latin1', at, end - 1))
  return match ? Number(match[1]) : -1
}

/** The tag itself. */
export function tagOf(bytes: Buffer, at: number, end: number): string {
  return bytes.toString('latin1', at, end - 1)
}
