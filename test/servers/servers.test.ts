import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, readdirSync, watch } from 'node:fs'
import { connect } from 'node:net'
import { describe, test } from 'node:test'
import { type Server, type ServerName, serverNames, startServer } from '../../scripts/servers/index.ts'
import { folder } from '../databases.ts'
import { whyMissing } from './clerk.ts'

/** Whether somebody listens on the port, once a connection was tried. */
function listens(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect(port, '127.0.0.1')
  socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
  return promise.finally(() => socket.destroy())
}

for (const name of serverNames) {
  const skip = whyMissing(name) ?? false
  describe(name, { skip }, () => {
    test('a server is stopped, killed and started again on its port, and leaves nothing when it is removed', async () => {
      const server = await startServer(name)
      const { port } = server
      assert.equal(await listens(port), true)
      await server.stop()
      assert.deepEqual([server.isRunning, await listens(port)], [false, false])
      await server.start()
      await server.kill()
      assert.equal(await listens(port), false)
      await server.start()
      assert.deepEqual([server.port, await listens(port)], [port, true])
      await server.remove()
      assert.deepEqual([await listens(port), existsSync(server.folder)], [false, false])
    })

    test('a setting that the server refuses is told with what the server says of it', async () => {
      const starting = startServer(name, { settings: { no_such_setting: 1 } })
      await assert.rejects(starting, /no_such_setting|no-such-setting/)
    })

    for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
      test(`a server goes, with all that it wrote, when its process dies of ${signal}`, async (t) => {
        const temporary = folder(t)
        // The account of the server must get in.
        chmodSync(temporary, 0o755)
        const { child, port, pid } = await serverElsewhere(name, temporary)
        assert.equal(await listens(port), true)
        process.kill(pid, 'SIGSTOP')
        const emptied = untilEmpty(temporary)
        child.kill(signal)
        await emptied
        assert.equal(await listens(port), false)
      })
    }
  })
}

/** A server that another process started. */
async function serverElsewhere(name: ServerName, temporary: string) {
  const code = `
    import { startServer } from ${JSON.stringify(new URL('../../scripts/servers/index.ts', import.meta.url))}
    const server = await startServer(${JSON.stringify(name)})
    console.log(JSON.stringify({ port: server.port, pid: server.pid }))
    setInterval(() => {}, 1e9)`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    env: { ...process.env, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [said] = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])
  const { port, pid }: Pick<Server, 'port' | 'pid'> = JSON.parse(String(said))
  return { child, port, pid }
}

/** Resolves when nothing is left in the folder. */
async function untilEmpty(path: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const watcher = watch(path, () => {
    if (readdirSync(path).length === 0) resolve()
  })
  assert.notDeepEqual(readdirSync(path), [])
  await promise
  watcher.close()
}
