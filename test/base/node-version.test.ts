import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isSupportedNode, LOWEST_NODE } from '../../src/base/node-version.ts'

test('the floor itself is supported', () => {
  assert.equal(isSupportedNode(LOWEST_NODE), true)
})

test('a version above the floor is supported, whichever part is higher', () => {
  for (const version of ['22.18.1', '22.19.0', '22.100.0', '23.0.0', '24.0.0', '100.0.0']) {
    assert.equal(isSupportedNode(version), true, version)
  }
})

test('a version below the floor is refused, whichever part is lower', () => {
  for (const version of ['22.17.99', '22.9.0', '22.2.0', '20.20.2', '18.99.99', '4.0.0', '0.12.18']) {
    assert.equal(isSupportedNode(version), false, version)
  }
})

test('parts are compared as numbers and from left to right', () => {
  assert.equal(isSupportedNode('9.0.0', '10.0.0'), false)
  assert.equal(isSupportedNode('10.0.0', '9.99.99'), true)
  assert.equal(isSupportedNode('10.2.0', '10.10.0'), false)
  assert.equal(isSupportedNode('10.10.9', '10.10.10'), false)
  assert.equal(isSupportedNode('10.10.10', '10.10.10'), true)
})

test('a version that is no version is refused', () => {
  for (const version of ['', 'latest', 'v24.0.0']) assert.equal(isSupportedNode(version), false, version)
})

test('the floor is the one that package.json states', async () => {
  const { default: manifest } = await import('../../package.json', { with: { type: 'json' } })
  const stated = manifest.engines.node.replace('>=', '')
  assert.ok(LOWEST_NODE === stated || LOWEST_NODE === `${stated}.0`, `${manifest.engines.node} and ${LOWEST_NODE}`)
})
