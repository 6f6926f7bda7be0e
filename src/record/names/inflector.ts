import { camelize, humanize, pluralize, singularize } from 'inflection'
import { describe, invalidOption } from '../../contract/checks.ts'

/** Words that the library gets wrong, in one direction or both. */
const irregular = new Map<string, string>(
  Object.entries({
    analysis: 'analyses',
    axis: 'axes',
    buffalo: 'buffaloes',
    cache: 'caches',
    cactus: 'cacti',
    cafe: 'cafes',
    cookie: 'cookies',
    dwarf: 'dwarves',
    echo: 'echoes',
    embargo: 'embargoes',
    foot: 'feet',
    gas: 'gases',
    hero: 'heroes',
    leaf: 'leaves',
    lens: 'lenses',
    passerby: 'passersby',
    plus: 'pluses',
    safe: 'safes',
    shoe: 'shoes',
    tie: 'ties',
    torpedo: 'torpedoes',
    veto: 'vetoes',
    yes: 'yeses',
  }),
)
const MEN = 'business chair clergy congress crafts door fire fisher fore gentle police post sales spokes sports states'
for (const kind of MEN.split(' ')) irregular.set(`${kind}man`, `${kind}men`)
const regular = new Map([...irregular].map(([singular, plural]) => [plural, singular]))
const uncountable = new Set(['fish', 'money', 'news'])

/**
 * English words: how the names of tables are made of those of classes. More words can be told, before the first table's
 * name is asked for.
 */
export const inflector = {
  /** `person` gives `people`, `StatusReport` gives `StatusReports`. Of several words the last is inflected. */
  pluralize: (words: string): string => ofLastWord(words, (word) => inflected(word, irregular, regular, pluralize)),

  /** `people` gives `person`. */
  singularize: (words: string): string => ofLastWord(words, (word) => inflected(word, regular, irregular, singularize)),

  /** `HTTPServer` gives `http_server`. */
  underscore,

  /** `status_report` gives `StatusReport`. */
  camelize: (words: string): string => camelize(words),

  /** `FavoriteColor` gives `favorite_colors`. */
  tableize: (className: string): string => inflector.pluralize(underscore(className)),

  /** `favorite_colors` gives `FavoriteColor`. */
  classify: (table: string): string => camelize(inflector.singularize(table)),

  /** `first_name` gives `First name`, `user_id` gives `User`. */
  humanize: (words: string): string => humanize(underscore(words)),

  /** `FavoriteColor` gives `favorite_color_id`. */
  foreignKey: (className: string): string => `${underscore(className)}_id`,

  /** Two forms of one word. */
  irregular(singular: string, plural: string): void {
    const [one, many] = [checkWord(singular), checkWord(plural)]
    uncountable.delete(one)
    irregular.set(one, many)
    regular.set(many, one)
  },

  /** A word that has no plural. */
  uncountable(word: string): void {
    uncountable.add(checkWord(word))
  },
} as const

type Forms = ReadonlyMap<string, string>

function inflected(
  word: string,
  forms: Forms,
  already: Forms,
  byRule: (word: string, form?: string) => string,
): string {
  const small = word.toLowerCase()
  if (uncountable.has(small) || (already.has(small) && !forms.has(small))) return word
  const form = forms.get(small)
  // The library takes the form that it would not find.
  return form === undefined ? byRule(word) : byRule(word, cased(form, word))
}

function cased(form: string, word: string): string {
  return /^\p{Lu}/u.test(word) ? `${form[0]?.toUpperCase()}${form.slice(1)}` : form
}

function ofLastWord(words: string, inflect: (word: string) => string): string {
  const at = lastWordAt(words)
  const last = words.slice(at)
  return last === '' ? words : words.slice(0, at) + inflect(last)
}

function lastWordAt(words: string): number {
  for (let at = words.length - 1; at > 0; at -= 1) {
    if (/[_\s-]/.test(words[at] as string)) return at + 1
    if (/\p{Lu}/u.test(words[at] as string) && /[\p{Ll}\d]/u.test(words[at - 1] as string)) return at
  }
  return 0
}

function underscore(words: string): string {
  return words
    .replace(/(\p{Lu}+)(\p{Lu}\p{Ll})/gu, '$1_$2')
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1_$2')
    .replace(/[\s-]+/g, '_')
    .toLowerCase()
}

function checkWord(word: string): string {
  if (typeof word === 'string' && /^\p{L}+$/u.test(word)) return word.toLowerCase()
  throw invalidOption(TypeError, `a word is a text of letters, not ${describe(word)}`)
}
