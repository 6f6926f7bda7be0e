/** The lowest minor version of each release line in which node:sqlite reads text beyond the character U+0000. */
const FIXED_IN: Readonly<Record<number, number>> = { 24: 16, 26: 1 }
const NEWEST_LISTED = 26

/**
 * Tells whether the node:sqlite of a Node version gives back text that holds U+0000. Where it does not, it stores such
 * text whole and reads it only up to that character, without a word.
 */
export function readsBeyondNul(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > NEWEST_LISTED) return true
  const fixedIn = FIXED_IN[major]
  return fixedIn !== undefined && minor >= fixedIn
}
