import { test } from 'node:test'
import { runningDocument } from './running.ts'

const { section, complete } = runningDocument('docs/from-twisted.md')

test('ADB-001 ADB-006 ADB-009 ADB-013 options of the pool', section('Options of the pool'))
test('ADB-041 ADB-042 ADB-045 ADB-048 runQuery and runOperation', section('runQuery and runOperation'))
test('ADB-054 ADB-063 runInteraction', section('runInteraction'))
test('ADB-078 ADB-080 runWithConnection', section('runWithConnection'))
test('ADB-023 ADB-028 ADB-030 ADB-031 ADB-032 start and close', section('start and close'))
test('ADB-033 ADB-034 connect and disconnect', section('connect and disconnect'))
test('ADB-011 cp_noisy', section('cp_noisy'))
test('ADB-015 ADB-016 ADB-084 ADB-087 cp_reconnect', section('cp_reconnect, cp_good_sql, ConnectionLost'))
test('ADB-019 ADB-020 the factories', section('connectionFactory, transactionFactory'))

test('DEF-022 callbacks and errbacks', section('Callbacks and errbacks'))
test('DEF-023 a callback that returns a Deferred', section('A callback that returns a Deferred'))
test('DEF-028 inlineCallbacks', section('inlineCallbacks'))
test('DEF-025 Deferreds fired by hand', section('Deferreds fired by hand'))
test('DEF-027 ADB-014 ADB-056 F86 maybeDeferred', section('maybeDeferred'))
test('DEF-030 DEF-002 Failure.trap', section('Failure.trap'))
test('DEF-026 DEF-006 ADB-072 unhandled errors', section('Unhandled errors'))

test('DEF-040 DEF-041 ADB-073 cancelling', section('Cancelling'))
test('DEF-042 DEF-043 ADB-074 addTimeout', section('addTimeout'))

test('DEF-031 DEF-032 DEF-035 DEF-036 DeferredList', section('DeferredList'))
test('DEF-034 DEF-035 DEF-037 gatherResults', section('gatherResults, fireOnOneErrback'))
test('DEF-033 fireOnOneCallback', section('fireOnOneCallback'))
test('DEF-038 DEF-039 race', section('race, and cancelling the others'))
test('DEF-046 locks, semaphores and queues', section('DeferredLock, DeferredSemaphore, DeferredQueue'))

test('DEF-001 DEF-002 deferToThread', section('deferToThread'))
test('DEF-001 DEF-002 DEF-003 DEF-004 a function in a thread', section('A function in a thread'))
test('DEF-005 DEF-014 DEF-018 DEF-019 a pool of its own', section("A pool of one's own"))
test('DEF-007 callMultipleInThread', section('callMultipleInThread'))
test('DEF-008 blockingCallFromThread', section('blockingCallFromThread'))
test('DEF-010 P11 more work than threads', section('More work than threads'))
test('DEF-011 DEF-012 DEF-013 the size of a pool', section('The size of a pool'))
test('DEF-016 context', section('Context'))

test('DEF-044 callLater', section('callLater'))
test('LoopingCall', section('LoopingCall'))
test('DEF-043 ADB-074 the fake clock', section('task.Clock'))
test('tests', section('Tests'))
test('DEF-045 ADB-025 the end of the program', section('The end of the program'))

test('every section with a running example is named here', complete)
