/** When callbacks are called. */
export const MOMENTS = [
  'afterInit',
  'beforeValidation',
  'afterValidation',
  'beforeCreate',
  'beforeUpdate',
  'beforeSave',
  'afterCreate',
  'afterUpdate',
  'afterSave',
  'beforeDelete',
  'afterDelete',
  'afterCommit',
  'afterRollback',
] as const

export type Moment = (typeof MOMENTS)[number]

/** What is done with a record. */
export type Action = 'create' | 'update' | 'delete'
