import { type CompiledQuery, createQueryId, IdentifierNode, type QueryCompiler, RawNode } from 'kysely'

/** `savepoint "name"` and its kin, the name written as the database wants it. */
export function savepointText(
  command: 'savepoint' | 'rollback to' | 'release savepoint',
  name: string,
  compile: QueryCompiler['compileQuery'],
): CompiledQuery {
  return compile(
    RawNode.createWithChildren([RawNode.createWithSql(`${command} `), IdentifierNode.create(name)]),
    createQueryId(),
  )
}
