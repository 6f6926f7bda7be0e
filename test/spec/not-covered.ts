/** Why no test names a row that must be. Take the line out with the test that names the row. */
export const notCovered: Readonly<Record<string, string>> = {
  'ADB-059': 'COMMIT itself closes what cursors left open, so only COMMIT can fail: ADB-058',
  'DBA-007': 'new Date(seconds * 1000) is the platform’s own',
  'DBA-009': 'a column has its declared type as text: docs/contract.md',
  'DBA-011': 'no call gives a warning, and errors are classes of the tree: docs/contract.md',
  'DBA-049': 'what does nothing is not offered: docs/contract.md',
  'DBA-052': 'errors are imported from the package: docs/contract.md',
  'DBA-053': 'a cursor belongs to a handle that its callback has: docs/contract.md',
  P21: 'there is no page yet',
}
