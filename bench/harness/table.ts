/** Lines up text in columns: the first to the left, the others to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  const padded = (cell: string, column: number) => pad(cell, column, widths[column] ?? 0)
  const format = (line: readonly string[]) => line.map(padded).join('  ')
  const rule = widths.map((width) => '-'.repeat(width)).join('  ')
  return [format(head), rule, ...rows.map(format)].join('\n')
}

function pad(cell: string, column: number, width: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width)
}
