import { NO_OPTIONS } from '../../contract/checks.ts'
import type { RecordBase } from '../base/index.ts'
import type { Columns } from '../columns/column.ts'
import type { StandardSchema } from '../columns/standard-schema.ts'
import type { RelationName } from '../relations/types.ts'
import type { AttributeName } from '../types.ts'
import { type AcceptanceOptions, acceptance } from '../validation/acceptance.ts'
import { associated } from '../validation/associated.ts'
import { type Named, valueRule } from '../validation/attribute-rule.ts'
import { columnsRule } from '../validation/columns.ts'
import { type ConfirmationOptions, confirmation } from '../validation/confirmation.ts'
import { custom, type Validator } from '../validation/custom.ts'
import { type FormatOptions, format } from '../validation/format.ts'
import { type LengthOptions, length } from '../validation/length.ts'
import { exclusion, inclusion, type MembershipOptions } from '../validation/membership.ts'
import { type Messages, setMessages } from '../validation/messages.ts'
import { type NumericalityOptions, numericality } from '../validation/numericality.ts'
import { type PresenceOptions, presence } from '../validation/presence.ts'
import type { Conditions, Rule, RuleOptions } from '../validation/rule.ts'
import { rules } from '../validation/rules.ts'
import { schemaRule } from '../validation/schema.ts'
import { type UniquenessOptions, uniqueness } from '../validation/uniqueness.ts'
import { isValidTogether } from '../validation/validate.ts'
import type { AnyModel } from './types.ts'

/** An attribute, or a field or accessor of the class. */
type PropertyOf<M extends AnyModel> = Exclude<keyof InstanceType<M>, keyof RecordBase | RelationName<InstanceType<M>>> &
  string

type Row<M extends AnyModel, K> = K extends keyof InstanceType<M> ? InstanceType<M>[K] : never

/**
 * What records must be to be written: declared in a class, for it and those that extend it. All rules are asked at once,
 * and all are awaited, even where one found something.
 *
 * @example
 * class User extends Model('users', { id: column.integer().primaryKey(), name: column.text() }) {
 *   static {
 *     this.validatesPresenceOf('name', { message: 'is missing.' })
 *     this.validate((user) => { if (user.name === 'root') user.errors.add('name', 'is not for you.') })
 *   }
 * }
 */
export interface ValidatingStatics<C extends Columns> {
  /** There is a value: neither null nor an empty text. 0, false and blanks are values. "cannot be blank." */
  validatesPresenceOf<M extends AnyModel>(
    this: M,
    ...given: Named<PropertyOf<M>, PresenceOptions<InstanceType<M>>>
  ): void
  /** Texts (by code points), lists and bytes are as long as told: 1 without options. "must have a length of 1." */
  validatesLengthOf<M extends AnyModel>(this: M, ...given: Named<PropertyOf<M>, LengthOptions<InstanceType<M>>>): void
  /**
   * No other row has the value; each attribute by itself. Null is never the same as null. When the database finds out later,
   * by a unique index, the save rejects with the same error. "is not unique."
   */
  validatesUniquenessOf<M extends AnyModel>(
    this: M,
    ...given: Named<AttributeName<C>, UniquenessOptions<InstanceType<M>, AttributeName<C>>>
  ): void
  /** Texts, or numbers as text, match an expression, or do not. "is invalid." */
  validatesFormatOf<M extends AnyModel>(this: M, ...given: Named<PropertyOf<M>, FormatOptions<InstanceType<M>>>): void
  /** The value is one of some. "is not included in the list." */
  validatesInclusionOf<M extends AnyModel, K extends PropertyOf<M>>(
    this: M,
    ...given: Named<K, MembershipOptions<InstanceType<M>, Row<M, K>>>
  ): void
  /** The value is none of some. "is reserved." */
  validatesExclusionOf<M extends AnyModel, K extends PropertyOf<M>>(
    this: M,
    ...given: Named<K, MembershipOptions<InstanceType<M>, Row<M, K>>>
  ): void
  /** The value is a number, bigint or decimal text, and such as told. "is not a number." */
  validatesNumericalityOf<M extends AnyModel>(
    this: M,
    ...given: Named<PropertyOf<M>, NumericalityOptions<InstanceType<M>>>
  ): void
  /** Somebody said yes. "must be accepted." */
  validatesAcceptanceOf<M extends AnyModel>(
    this: M,
    ...given: Named<PropertyOf<M>, AcceptanceOptions<InstanceType<M>>>
  ): void
  /** The same was given twice: `passwordConfirmation` is `password`, unless it is null. "does not match Password." */
  validatesConfirmationOf<M extends AnyModel>(
    this: M,
    ...given: Named<PropertyOf<M>, ConfirmationOptions<InstanceType<M>>>
  ): void
  /** What is loaded of these relations is valid, too. "is invalid." */
  validatesAssociated<M extends AnyModel>(
    this: M,
    ...given: Named<RelationName<InstanceType<M>>, RuleOptions<InstanceType<M>>>
  ): void
  /** Values are such as the columns of these attributes, or of all, take them: what saving would else throw is told. */
  validatesColumns<M extends AnyModel>(
    this: M,
    ...given: Named<AttributeName<C>, RuleOptions<InstanceType<M>>> | readonly [RuleOptions<InstanceType<M>>?]
  ): void
  /**
   * A Standard Schema (zod, valibot, arktype, ...) says what is wrong: with one attribute, or with an object of all of them,
   * in which those are missing that were never given. What the schema makes of the values is not used.
   */
  validatesSchema<M extends AnyModel>(this: M, schema: StandardSchema, options?: Conditions<InstanceType<M>>): void
  validatesSchema<M extends AnyModel>(
    this: M,
    name: PropertyOf<M>,
    schema: StandardSchema,
    options?: Conditions<InstanceType<M>>,
  ): void
  /** A rule of one's own, which may give a promise: it adds to the record's errors. What it throws, the save rejects with. */
  validate<M extends AnyModel>(
    this: M,
    validator: Validator<InstanceType<M>>,
    options?: Conditions<InstanceType<M>>,
  ): void
  /** The same as `validate`. */
  addValidator<M extends AnyModel>(
    this: M,
    validator: Validator<InstanceType<M>>,
    options?: Conditions<InstanceType<M>>,
  ): void
  /** Forgets the rules of this class, those of its parents included; the parents keep theirs. */
  clearValidations(): void
  /** Texts of one's own for this class and those that extend it: for other languages, or other words. */
  setMessages(messages: Messages): void
}

type Make = (given: readonly unknown[], model: object) => Rule

const of = (make: Make) =>
  function (this: object, ...given: unknown[]): void {
    rules.add(this, make(given, this))
  }

const validate = of(([validator, options = NO_OPTIONS]) => custom(validator, options as Conditions<never>))

export const validatingStatics = {
  validatesPresenceOf: of((given) => valueRule(presence, given)),
  validatesLengthOf: of((given) => valueRule(length, given)),
  validatesUniquenessOf: of((given, model) => uniqueness(model, given)),
  validatesFormatOf: of((given) => valueRule(format, given)),
  validatesInclusionOf: of((given) => valueRule(inclusion, given)),
  validatesExclusionOf: of((given) => valueRule(exclusion, given)),
  validatesNumericalityOf: of((given) => valueRule(numericality, given)),
  validatesAcceptanceOf: of((given) => valueRule(acceptance, given)),
  validatesConfirmationOf: of((given) => confirmation(given)),
  validatesAssociated: of((given) => associated(given, isValidTogether)),
  validatesColumns: of((given) => columnsRule(given)),
  validatesSchema: of((given) => schemaRule(given)),
  validate,
  addValidator: validate,

  clearValidations(this: object): void {
    rules.clear(this)
  },

  setMessages(this: object, messages: Messages): void {
    setMessages(this, messages)
  },
}
