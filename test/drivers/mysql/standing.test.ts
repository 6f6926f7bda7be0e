import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { closeSite, type Server, startServer } from '../../../scripts/servers/index.ts'
import { Failure } from '../../../src/contract/index.ts'
import mysql from '../../../src/drivers/mysql/index.ts'
import { sequenceOf } from '../../../src/drivers/mysql/standing.ts'

test('a position is the number of the last transaction, where there is one sequence without gaps', () => {
  assert.equal(sequenceOf('0-1-100'), 100n)
  assert.equal(sequenceOf('3e11fa47-71ca-11e1-9e33-c80aa9429562:1-23'), 23n)
  const unordered = ['', '0-1-100,1-1-5', '3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5:7-9', 'wrong']
  for (const gtids of unordered) assert.equal(sequenceOf(gtids), null)
})

describe('MariaDB says what it is', () => {
  let server: Server
  before(async () => {
    server = await startServer('mariadb', { settings: { log_bin: 'binlog', server_id: 1 } })
  })
  after(async () => {
    await server?.remove()
    await closeSite()
  })

  test('a primary that is further after a write, and a replica once it only reads', async () => {
    const { options } = mysql.plan(server.url('mysql').replace(/^[a-z]+:/, ''))
    const connection = await mysql.connect(options, { role: 'any', name: 'test' })
    const query = (sql: string) =>
      connection.query({ sql, values: [], names: null, rowMode: 'array', inTransaction: false })
    const standing = async () => {
      const said = await connection.standing?.()
      assert.ok(said && !(said instanceof Failure))
      return said
    }
    try {
      const first = await standing()
      assert.deepEqual([first.role, first.term], ['primary', null])
      await query('CREATE DATABASE further')
      assert.ok(((await standing()).position ?? 0n) > (first.position ?? 0n))
      await query('SET GLOBAL read_only = 1')
      assert.equal((await standing()).role, 'replica')
    } finally {
      await connection.close()
    }
  })
})
