import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { column as c, Model, ModelError } from 'offloop/record'

const columns = {
  id: c.integer().primaryKey(),
  firstName: c.text('first_name').nullable(),
  age: c.integer().nullable(),
  active: c.boolean().nullable(),
  price: c.decimal({ precision: 30, scale: 10 }).nullable(),
  data: c.blob().nullable(),
  joined: c.datetime().nullable(),
}
type Given = ConstructorParameters<ReturnType<typeof newUser>>[0]

/** A class of its own. */
function newUser() {
  return class User extends Model('users', columns) {}
}

type User = ReturnType<typeof newUser>

/** What is wrong with a record of these attributes. */
async function errorsOf(Class: User, given: Given): Promise<Record<string, readonly string[]>> {
  const user = new Class(given)
  assert.equal(await user.validate(), user)
  assert.equal(await user.isValid(), user.errors.isEmpty())
  return { ...user.errors.toJSON() }
}

test('TWI-046 presence: null, an empty text or nothing fails; 0, false and blanks pass', async () => {
  const Class = newUser()
  Class.validatesPresenceOf('firstName', 'age', 'active')
  const blank = ['cannot be blank.']
  assert.deepEqual(await errorsOf(Class, {}), { firstName: blank, age: blank, active: blank })
  assert.deepEqual(await errorsOf(Class, { firstName: '', age: null, active: null }), {
    firstName: blank,
    age: blank,
    active: blank,
  })
  assert.deepEqual(await errorsOf(Class, { firstName: '   ', age: 0, active: false }), {})
  const Trimming = newUser()
  Trimming.validatesPresenceOf('firstName', { trim: true, message: 'is missing!' })
  assert.deepEqual(await errorsOf(Trimming, { firstName: ' \t\n' }), { firstName: ['is missing!'] })
  assert.deepEqual(await errorsOf(Trimming, { firstName: ' a ' }), {})
})

test('TWI-047 length: 1, a length, a range or bounds; null fails', async () => {
  const text = async (options: object, firstName: string | null) => {
    const Class = newUser()
    Class.validatesLengthOf('firstName', options)
    return (await errorsOf(Class, { firstName })).firstName?.[0]
  }
  assert.equal(await text({}, 'ab'), 'must have a length of 1.')
  assert.equal(await text({}, 'a'), undefined)
  assert.equal(await text({}, null), 'must have a length of 1.')
  assert.equal(await text({ length: 3 }, 'ab'), 'must have a length of 3.')
  assert.equal(await text({ length: 3 }, '👩😀é'), undefined)
  assert.equal(await text({ range: [2, 4] }, 'a'), 'must have a length between 2 and 4 (inclusive).')
  assert.equal(await text({ range: [2, 4] }, 'abc'), undefined)
  assert.equal(await text({ min: 2, max: 4 }, 'abcde'), 'must have a length between 2 and 4 (inclusive).')
  assert.equal(await text({ min: 2 }, 'a'), 'must have a length of at least 2.')
  assert.equal(await text({ max: 2 }, 'abc'), 'must have a length of at most 2.')
  assert.equal(await text({ max: 2 }, null), 'must have a length of at most 2.')
  assert.equal(await text({ max: 2, allowNull: true }, null), undefined)
  assert.equal(await text({ max: 2, message: 'is too much.' }, 'abc'), 'is too much.')
})

test('TWI-048 a range with gaps accepts its members alone, and the message names the least and the greatest', async () => {
  const Class = newUser()
  Class.validatesLengthOf('firstName', { range: new Set([2, 5, 9]) })
  const wrong = { firstName: ['must have a length between 2 and 9 (inclusive).'] }
  assert.deepEqual(await errorsOf(Class, { firstName: 'ab' }), {})
  assert.deepEqual(await errorsOf(Class, { firstName: 'abc' }), wrong)
  assert.deepEqual(await errorsOf(Class, { firstName: 'abcdefghi' }), {})
  const Listed = newUser()
  Listed.validatesLengthOf('firstName', { range: [1, 2, 4] })
  assert.deepEqual(Object.keys(await errorsOf(Listed, { firstName: 'abc' })), ['firstName'])
})

test('TWI-049 D039 a value without a length is wrong, never silently right', async () => {
  const Class = newUser()
  Class.validatesLengthOf('age', 'active', 'joined', { max: 100 })
  const wrong = ['must have a length of at most 100.']
  assert.deepEqual(await errorsOf(Class, { age: 12, active: true, joined: new Date(0) }), {
    age: wrong,
    active: wrong,
    joined: wrong,
  })
})

test('the length of any text is its count of code points, and of bytes that of bytes', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
    fc.array(fc.constantFrom('\ud83d', '\ude00', 'a')).map((parts) => parts.join('')),
  )
  await fc.assert(
    fc.asyncProperty(text, fc.nat(8), fc.nat(8), async (firstName, a, b) => {
      const [min, max] = [Math.min(a, b), Math.max(a, b)]
      const length = [...firstName].length
      const Class = newUser()
      Class.validatesLengthOf('firstName', { min, max })
      const isRight = length >= min && length <= max
      assert.equal('firstName' in (await errorsOf(Class, { firstName })), !isRight)
      const Bytes = newUser()
      Bytes.validatesLengthOf('data', { length })
      assert.deepEqual(await errorsOf(Bytes, { data: new Uint8Array(length) }), {})
      assert.equal((await errorsOf(Bytes, { data: new Uint8Array(length + 1) })).data?.length, 1)
    }),
  )
})

test('format: texts and numbers match, or do not', async () => {
  const Class = newUser()
  Class.validatesFormatOf('firstName', { with: /^[a-z]+$/, without: /x/, allowNull: true })
  Class.validatesFormatOf('age', { with: /^\d\d$/ })
  assert.deepEqual(await errorsOf(Class, { firstName: 'abc', age: 12 }), {})
  const wrong = ['is invalid.']
  assert.deepEqual(await errorsOf(Class, { firstName: 'abcx', age: 1 }), { firstName: wrong, age: wrong })
  assert.deepEqual(await errorsOf(Class, { firstName: null, age: null }), { age: wrong })
})

test('format: an expression that remembers where it stopped begins anew each time', async () => {
  for (const expression of [/a/g, /a/y]) {
    const Class = newUser()
    Class.validatesFormatOf('firstName', { with: expression })
    expression.lastIndex = 1
    for (let i = 0; i < 3; i++) assert.deepEqual(await errorsOf(Class, { firstName: 'a' }), {})
  }
})

test('inclusion and exclusion', async () => {
  const Class = newUser()
  Class.validatesInclusionOf('firstName', { in: ['ann', 'bob'] })
  Class.validatesExclusionOf('joined', { in: [new Date(5)] })
  assert.deepEqual(await errorsOf(Class, { firstName: 'ann', joined: new Date(6) }), {})
  assert.deepEqual(await errorsOf(Class, { firstName: 'eve', joined: new Date(5) }), {
    firstName: ['is not included in the list.'],
    joined: ['is reserved.'],
  })
  assert.deepEqual(await errorsOf(Class, {}), { firstName: ['is not included in the list.'] })
  // @ts-expect-error values of another type
  newUser().validatesInclusionOf('firstName', { in: [1] })
})

test('numericality: compared exactly, whatever the number is written as', async () => {
  const wrong = async (options: object, price: unknown) => {
    const Class = newUser()
    Class.validatesNumericalityOf('price', options)
    return (await errorsOf(Class, { price: price as string })).price?.[0]
  }
  for (const right of [0, -1.5, 1e21, 5e-324, 3n, '1', '-0.10', '+3']) assert.equal(await wrong({}, right), undefined)
  for (const bad of [null, '', ' 1', '1e5', '0x1', 'NaN', NaN, Infinity, true, '1.', '.5', new Date(0)]) {
    assert.equal(await wrong({}, bad), 'is not a number.', String(bad))
  }
  assert.equal(await wrong({ integer: true }, '2.00'), undefined)
  assert.equal(await wrong({ integer: true }, 2.5), 'must be a whole number.')
  assert.equal(await wrong({ greaterThan: 1 }, 1), 'must be greater than 1.')
  assert.equal(await wrong({ greaterThan: '9007199254740992.1' }, 9007199254740993n), undefined)
  assert.equal(await wrong({ greaterThanOrEqualTo: 0.1 }, '0.10'), undefined)
  assert.equal(await wrong({ greaterThanOrEqualTo: 2n }, 1.9), 'must be greater than or equal to 2.')
  assert.equal(await wrong({ lessThan: 0 }, '0.0'), 'must be less than 0.')
  assert.equal(await wrong({ lessThanOrEqualTo: 1e300 }, 10n ** 300n + 1n), 'must be less than or equal to 1e+300.')
  assert.equal(await wrong({ equalTo: '1.50' }, 1.5), undefined)
  assert.equal(await wrong({ otherThan: 3 }, '3.0'), 'must be other than 3.')
  assert.equal(await wrong({ odd: true }, 2), 'must be odd.')
  assert.equal(await wrong({ odd: true }, -3), undefined)
  assert.equal(await wrong({ even: true }, 2.5), 'must be even.')
  assert.throws(() => newUser().validatesNumericalityOf('age', { lessThan: NaN }), { code: 'INVALID_OPTION' })
})

test('numericality: comparisons of any two numbers are those of JavaScript', async () => {
  const number = fc.double({ noNaN: true, noDefaultInfinity: true })
  await fc.assert(
    fc.asyncProperty(number, number, async (value, bound) => {
      const Class = newUser()
      Class.validatesNumericalityOf('price', { lessThan: bound })
      const { price } = await errorsOf(Class, { price: value as unknown as string })
      assert.equal(price === undefined, value < bound)
    }),
    { numRuns: 50 },
  )
})

test('acceptance and confirmation, of fields that are no columns', async () => {
  class Account extends Model('accounts', { id: c.integer().primaryKey(), password: c.text() }) {
    terms: boolean | null = null
    passwordConfirmation: string | null = null
    static {
      this.validatesAcceptanceOf('terms', { on: 'create' })
      this.validatesConfirmationOf('password')
    }
  }
  const account = new Account({ password: 'secret' })
  assert.equal(await account.isValid(), false)
  assert.deepEqual(account.errors.fullMessages, ['Terms must be accepted.'])
  account.terms = true
  assert.equal(await account.isValid(), true)
  account.passwordConfirmation = 'secrets'
  assert.equal(await account.isValid(), false)
  assert.deepEqual(account.errors.fullMessages, ['Password Confirmation does not match Password.'])
  account.passwordConfirmation = 'secret'
  assert.equal(await account.isValid(), true)
})

test('conditions: if, unless, and on, alone or together, sync or not', async () => {
  const Class = newUser()
  Class.validatesPresenceOf('firstName', { if: (user) => user.age === 1 })
  Class.validatesPresenceOf('active', { unless: async (user) => user.age === 1 })
  Class.validatesPresenceOf('joined', { on: 'update' })
  Class.validate((user) => void user.errors.add(null, 'never'), { if: () => true, unless: async () => true })
  const blank = ['cannot be blank.']
  assert.deepEqual(await errorsOf(Class, { age: 1 }), { firstName: blank })
  assert.deepEqual(await errorsOf(Class, { age: 2 }), { active: blank })
})

test('what cannot be a validation is refused where it is declared', () => {
  const Class = newUser()
  // @ts-expect-error no such attribute
  Class.validatesPresenceOf('lastName')
  // @ts-expect-error a method of all records
  Class.validatesPresenceOf('save')
  // @ts-expect-error no name
  assert.throws(() => Class.validatesPresenceOf(), ModelError)
  // @ts-expect-error no name
  assert.throws(() => Class.validatesPresenceOf(3), { code: 'INVALID_VALIDATION' })
  // @ts-expect-error no such option
  assert.throws(() => Class.validatesPresenceOf('age', { mesage: 'x' }), { code: 'INVALID_OPTION' })
  // @ts-expect-error no such moment
  assert.throws(() => Class.validatesPresenceOf('age', { on: 'delete' }), { code: 'INVALID_OPTION' })
  // @ts-expect-error no function
  assert.throws(() => Class.validatesPresenceOf('age', { if: 'adult' }), { code: 'INVALID_OPTION' })
  // @ts-expect-error no text
  assert.throws(() => Class.validatesPresenceOf('age', { message: 3 }), { code: 'INVALID_OPTION' })
  // @ts-expect-error no expression
  assert.throws(() => Class.validatesFormatOf('firstName', { with: 'a' }), { code: 'INVALID_OPTION' })
  assert.throws(() => Class.validatesFormatOf('firstName'), { code: 'INVALID_OPTION' })
  for (const options of [{ length: -1 }, { min: 1.5 }, { min: 3, max: 2 }, { range: [] }, { length: 1, min: 1 }]) {
    assert.throws(() => Class.validatesLengthOf('firstName', options), { code: 'INVALID_OPTION' })
  }
  assert.throws(() => Class.validatesInclusionOf('firstName', { in: 'ann' }), { code: 'INVALID_OPTION' })
  // @ts-expect-error no function
  assert.throws(() => Class.validate('presence'), { code: 'INVALID_VALIDATION' })
})

test('a name that a record has not is refused when it is validated', async () => {
  const Class = newUser()
  Class.validatesPresenceOf('lastName' as never)
  await assert.rejects(new Class().isValid(), { code: 'UNKNOWN_ATTRIBUTE' })
  await assert.rejects(new Class().save(), { code: 'UNKNOWN_ATTRIBUTE' })
})
