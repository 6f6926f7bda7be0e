/**
 * The name of an attribute as people read it: `firstName` and `first_name` give "First Name". A trailing `Id` is
 * dropped: `userId` gives "User".
 */
export function humanize(name: string): string {
  const words = name
    .replace(/(.)(?:_id|Id)$/su, '$1')
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .split(/[\s_]+/u)
    .filter((word) => word !== '')
  return words.length === 0 ? name : words.map(capitalized).join(' ')
}

function capitalized(word: string): string {
  const [first = '', ...rest] = word
  return first.toUpperCase() + rest.join('')
}
