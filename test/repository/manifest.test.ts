import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import manifest from '../../package.json' with { type: 'json' }
import { run } from './scratch.ts'
import { read, root } from './source.ts'

const MOST_RUNTIME_DEPENDENCIES = 3

test('P20 installing offloop runs no script of offloop', () => {
  const atInstall = ['preinstall', 'install', 'postinstall', 'prepublish', 'preprepare', 'prepare', 'postprepare']
  assert.deepEqual(
    Object.keys(manifest.scripts).filter((name) => atInstall.includes(name)),
    [],
  )
  assert.equal(existsSync(join(root, 'binding.gyp')), false, 'npm would compile the package')
})

test(`P20 offloop has at most ${MOST_RUNTIME_DEPENDENCIES} runtime dependencies and every peer is optional`, () => {
  const { dependencies = {}, peerDependencies = {}, peerDependenciesMeta = {}, ...rest } = manifest as Manifest
  assert.ok(Object.keys(dependencies).length <= MOST_RUNTIME_DEPENDENCIES, Object.keys(dependencies).join(', '))
  assert.equal('optionalDependencies' in rest, false)
  for (const peer of Object.keys(peerDependencies)) assert.equal(peerDependenciesMeta[peer]?.optional, true, peer)
})

interface Manifest {
  readonly dependencies?: Record<string, string>
  readonly peerDependencies?: Record<string, string>
  readonly peerDependenciesMeta?: Record<string, { readonly optional?: boolean }>
}

test('package.json says what offloop needs and is', () => {
  assert.match(manifest.engines.node, /^>=22\.\d+/)
  assert.equal(manifest.type, 'module')
  assert.equal(manifest.license, 'MIT')
  assert.match(read('LICENSE'), /^MIT License\n/)
})

for (const file of ['package-lock.json', 'bench/package-lock.json']) {
  test(`${file} holds no download address`, () => {
    const lock: { packages: Record<string, object> } = JSON.parse(read(file))
    const entries = Object.entries(lock.packages)
    assert.ok(entries.length > 1)
    assert.deepEqual(
      entries.filter(([, entry]) => 'resolved' in entry).map(([name]) => name),
      [],
    )
  })
}

test('no file names a registry host or a path of one machine', (t) => {
  const listed = run('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'])
  if (listed.status !== 0) return t.skip('not a git checkout')
  const files = listed.stdout.split('\0').filter((file) => file !== '' && existsSync(join(root, file)))
  assert.ok(files.includes('package.json'))
  assert.deepEqual(files.flatMap(machineNames), [])
})

// Put together here, so that this file is not its own first finding.
const folders = ['work', 'farm', 'root', 'home', 'Users'].join('|')
const hosts = ['registry', '(npmjs|yarnpkg|npmmirror|[a-z0-9-]+)', '(org|com|dev|io|net)'].join('\\.')
const ofOneMachine = new RegExp(`(^|[^A-Za-z0-9_.])/(${folders})/|${hosts}`)

function machineNames(file: string): string[] {
  const lines = read(file).split('\n')
  return lines.flatMap((line, at) => (ofOneMachine.test(line) ? [`${file}:${at + 1} ${line.trim()}`] : []))
}

test('the search for names of one machine finds them', () => {
  const found = ['work', 'farm', 'root', 'home', 'Users'].map((folder) => `see "/${folder}/x"`)
  const address = `https://${['registry', 'npmjs', 'org'].join('.')}/x`
  for (const line of [...found, address]) assert.match(line, ofOneMachine)
  for (const line of ['src/work/x', './root/x', '/workers/x', 'a registry of drivers']) {
    assert.doesNotMatch(line, ofOneMachine)
  }
})
