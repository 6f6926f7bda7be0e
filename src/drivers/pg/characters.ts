/*
 * The classes of characters of PostgreSQL's scanner. Beyond the end of a text `charCodeAt` gives NaN, which is in no
 * class: every loop over a class ends there by itself.
 */

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}

export function isLineBreak(code: number): boolean {
  return code === 10 || code === 13
}

export function isHorizontalSpace(code: number): boolean {
  return code === 32 || code === 9 || code === 12 || code === 11
}

export function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13)
}

export function isWordStart(code: number): boolean {
  const small = code | 32
  return (small >= 97 && small <= 122 && code < 128) || code === 95 || code >= 128
}

export function isWordPart(code: number): boolean {
  return isWordStart(code) || isDigit(code) || code === 36
}
