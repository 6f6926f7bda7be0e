import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { it } from 'node:test'

const program = join(import.meta.dirname, 'zones.ts')
const zones = ['UTC', 'Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Apia']

for (const zone of zones) {
  it(`SQO-065 SQO-066 a point in time is the same after a round trip where TZ is ${zone}, and a day stays that day`, async () => {
    const child = spawn(
      process.execPath,
      ['--conditions=offloop-source', '--disable-warning=ExperimentalWarning', program],
      {
        env: { ...process.env, TZ: zone },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    )
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text) => {
      said += text
    })
    const [code] = await once(child, 'close')
    assert.equal(code, 0, said)
  })
}
