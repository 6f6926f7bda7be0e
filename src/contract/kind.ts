/**
 * What went wrong, in one word that is the same on all databases. Programs branch on this or on the class; `code` is
 * the database's own word.
 */
export type ErrorKind =
  // constraints
  | 'unique'
  | 'foreignKey'
  | 'notNull'
  | 'check'
  | 'constraint'
  // the statement or its values
  | 'syntax'
  | 'missing'
  | 'parameters'
  | 'value'
  | 'unsupported'
  // the database
  | 'busy'
  | 'serialization'
  | 'deadlock'
  | 'readOnly'
  | 'full'
  | 'io'
  | 'corrupt'
  | 'notADatabase'
  | 'cannotOpen'
  | 'tooBig'
  | 'memory'
  | 'permission'
  | 'connectionLost'
  | 'tooManyConnections'
  | 'internal'
  // the call
  | 'timeout'
  | 'aborted'
  | 'closed'
  | 'queueFull'
  | 'usage'
  // the transaction
  | 'transactionEnded'
  | 'rolledBack'
  | 'commitUnknown'
  | 'afterCommit'
  // records
  | 'model'
  | 'notFound'
  | 'notUnique'
  | 'stale'
  | 'validation'
  // the driver
  | 'driver'
  | 'other'
