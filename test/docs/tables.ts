/** One table of a document: its rows by the names of its columns, as they are read, without the marks of code. */
export type Table = readonly Readonly<Record<string, string>>[]

/** The tables under a heading, in their order. */
export function tablesUnder(text: string, heading: string): Table[] {
  const [, section] = new RegExp(`^#+ ${heading}\n(.*?)(?=^#|(?![^]))`, 'ms').exec(text) ?? []
  if (section === undefined) throw new Error(`there is no heading "${heading}"`)
  return [...section.matchAll(/(?:^\|.*\|\n)+/gm)].map(([table]) => rowsOf(table))
}

function rowsOf(table: string): Table {
  const [names = [], , ...rows] = table.trimEnd().split('\n').map(cellsOf)
  return rows.map((cells) => {
    if (cells.length !== names.length) throw new Error(`a row has ${cells.length} cells: ${cells.join(' | ')}`)
    return Object.fromEntries(names.map((name, i) => [name, cells[i] ?? '']))
  })
}

function cellsOf(line: string): string[] {
  const inner = line.slice(1, -1).replaceAll('\\|', '\u0001')
  return inner.split('|').map((cell) => cell.replaceAll('\u0001', '|').replaceAll('`', '').trim())
}
