import { describe, expect, test } from 'vitest'
import type { Finding } from '../../model/finding.ts'
import { KNOWN_LEAKS } from './known-leaks.ts'
import { isTelling, matchKnownLeak, packagesOf, sayKnownLeak } from './match-known-leaks.ts'

interface Example {
  /** A version that has the leak, and one that has not (none where every version has it). */
  version: string
  other?: string
  /** References and nodes by turns, as on a path: `edge node, edge node`. */
  path: string
  script?: string
}

/** One path for each known leak, written from what its issue shows. */
const EXAMPLES: Record<string, Example> = {
  'node-abort-signal-any': { version: 'v22.9.0', other: 'v22.12.0', path: 'shutdown AbortSignal, <symbol kDependantSignals> SafeSet, table Array, 7 WeakRef' },
  'node-abort-signal-any-again': { version: 'v24.13.1', other: 'v24.0.0', path: 'shutdown AbortSignal, <symbol kDependantSignals> SafeSet, table Array' },
  'node-abort-signal-any-observed': { version: 'v26.5.0', other: 'v24.21.0', path: 'context Context, gcPersistentSignals SafeSet, table Array, 5 AbortSignal' },
  'node-error-keeps-immediate': { version: 'v24.14.0', other: 'v24.13.0', path: 'kept Array, 0 Error, <symbol error_stack_symbol> ErrorStackData, receiver Immediate, _idlePrev Immediate' },
  'node-vm-compile-function': { version: 'v20.8.0', other: 'v14.19.0', path: 'table CompiledFnEntry, callbackMap Object, importModuleDynamically importModuleDynamically' },
  'node-http-keep-alive-timeout': { version: 'v6.9.1', other: 'v6.10.0', path: 'freeSockets Object, 0 Socket, _events Object, timeout Array, 3 listener, context Context, req ClientRequest' },
  'node-fetch-abort-listener': { version: 'v18.13.0', other: 'v18.12.1', path: 'signal AbortSignal, <symbol kEvents> SafeMap, abort Object, next Listener', script: 'node:internal/deps/undici/undici' },
  'undici-agent-clients': { version: '7.14.0', other: '7.15.0', path: 'dispatcher Agent, <symbol clients> Map, table Array, 3 Pool' },
  'undici-cloned-response': { version: '6.19.5', other: '6.19.6', path: 'registry FinalizationRegistry, cells WeakCell, holdings ReadableStream' },
  'node-fetch-keep-alive-listeners': { version: '3.1.0', other: '2.7.0', path: '0 TLSSocket, _events Object, close Array, 4 onSocketClose' },
  'got-connect-listener': { version: '8.2.0', other: '8.3.0', path: '0 Socket, _events Object, connect Array, 4 bound' },
  'follow-redirects-socket-listeners': { version: '1.13.3', other: '1.14.0', path: '0 Socket, _events Object, timeout Array, 4 startTimer, context Context, self RedirectableRequest' },
  'axios-interceptors': { version: '1.7.9', path: 'request InterceptorManager, handlers Array, 8 Object, fulfilled closure' },
  'http-proxy-middleware-upgrade': { version: '0.17.1', other: '0.17.2', path: 'server Server, _events Object, upgrade Array, 4 wsUpgrade' },
  'http-proxy-middleware-close': { version: '2.0.6', other: '1.3.0', path: 'server Server, _events Object, close Array, 4 closure, context Context, this HttpProxyMiddleware' },
  'next-http-proxy-middleware-events': { version: '1.2.2', other: '1.2.3', path: 'proxy ProxyServer, _events Object, proxyRes Array' },
  'next-fetch-clone-chunks': { version: '16.2.4', other: '15.5.0', path: '0 WriteWrap, _chunks Array, 0 Uint8Array' },
  'express-session-memory-store': { version: '1.18.1', path: 'store MemoryStore, sessions Object, Xyz string' },
  'express-rate-limit-per-request': { version: '6.7.0', path: 'list TimersList, _idleNext Timeout, _onTimeout closure, context Context, this MemoryStore' },
  'cls-hooked-context-promise': { version: '4.2.2', path: 'trace Namespace, _contexts Map, table Array, 4 Object' },
  'typedi-scoped-container': { version: '0.10.0', other: '0.8.0', path: 'Container Container, instances Array, 4 ContainerInstance' },
  'openclaw-async-local-storage': { version: '2026.9.2', other: '2026.9.3', path: 'context Context, storageList Array, 4 AsyncLocalStorage' },
  'debug-instances': { version: '4.1.1', other: '4.3.0', path: 'createDebug createDebug, instances Array, 4 debug' },
  'winston-shared-transport': { version: '3.17.0', other: '2.4.7', path: 'transport Console, _events Object, unpipe Array, 4 onunpipe, context Context, src DerivedLogger', script: '/app/node_modules/winston-transport/index.js' },
  'winston-exception-handlers': { version: '3.3.3', other: '3.4.0', path: 'process process, _events Object, uncaughtException Array, 4 bound, bound_this ExceptionHandler' },
  'winston-file-rotation': { version: '3.13.0', other: '3.12.0', path: 'logger DerivedLogger, _writableState WritableState, buffered Array' },
  'morgan-debug-stream': { version: '1.0.0', other: '1.1.0', path: 'stream PassThrough, _readableState ReadableState, buffer BufferList' },
  'prom-client-gc-observer': { version: '14.0.1', other: '13.2.0', path: 'kObservers SafeSet, table Array, 3 PerformanceObserver' },
  'opentelemetry-metric-readers': { version: '1.15.2', other: '1.17.1', path: 'processor TemporalMetricProcessor, _unreportedAccumulations Map, table Array' },
  'elastic-apm-run-contexts': { version: '3.24.0', other: '3.27.0', path: 'manager AsyncHooksRunContextManager, _runContextFromAsyncId Map, table Array, 4 RunContext' },
  'sentry-node-server-response': { version: '8.55.0', other: '9.0.0', path: 'client NodeClient, response ServerResponse', script: '/app/node_modules/@sentry/core/build/index.js' },
  'graphql-tag-document-cache': { version: '2.12.6', path: 'context Context, docCache Map, table Array, 4 Object' },
  'apollo-link-state-removed': { version: '0.4.2', path: 'context Context, removed Map, table Array, 4 Object' },
  'apollo-server-usage-reports': { version: '3.10.2', other: '3.11.0', path: 'context Context, reportDataByExecutableSchemaId Object, abc ReportData' },
  'mongoose-version-error': { version: '5.6.3', other: '5.5.0', path: 'doc model, $__ InternalCache, $versionError VersionError' },
  'typeorm-postgres-error-listeners': { version: '0.2.26', other: '0.2.27', path: '0 Client, _events Object, error Array, 4 closure, context Context, this PostgresQueryRunner' },
  'redis-abort-listeners': { version: '1.5.7', other: '5.0.0', path: 'signal AbortSignal, <symbol kEvents> SafeMap, abort Object, next Listener' },
  'ioredis-mock-subscriptions': { version: '5.2.3', other: '5.2.4', path: 'channels EventEmitter, _events Object, news Array, 4 closure, this RedisMock' },
  'bull-finished-listeners': { version: '4.16.0', path: 'queue Queue, _events Object, global:completed Array, 4 onCompleted' },
  'mqtt-drain-listeners': { version: '1.4.2', other: '1.4.3', path: 'stream Socket, _events Object, drain Array, 4 nop' },
  'grpc-js-channelz-trace': { version: '1.4.1', other: '1.3.8', path: 'trace ChannelzTrace, events Array, 4 Object' },
  'grpc-js-channelz-sockets': { version: '1.5.9', other: '1.8.13', path: 'context Context, sockets Array, 4 Object, getInfo closure, context Context, session ServerHttp2Session' },
  'prisma-engines': { version: '4.0.0', other: '4.1.0', path: 'context Context, engines Array, 4 LibraryEngine' },
  'socket.io-rooms': { version: '4.1.3', other: '4.5.2', path: 'adapter Adapter, rooms Map, table Array, 4 Set', script: '/app/node_modules/socket.io-adapter/dist/index.js' },
  'i18next-cached-formatter': { version: '22.5.1', other: '23.13.0', path: 'datetime invokeFormatter, context Context, cache Object' },
  'next-i18next-clones': { version: '8.1.2', other: '8.1.3', path: 'context Context, instance I18n, options Object, parent I18n' },
  'styled-components-group-ids': { version: '5.0.0-rc.2', other: '5.0.0', path: 'context Context, reverseRegister Map, table Array' },
  'emotion-server-cache': { version: '11.11.0', other: '10.0.29', path: 'context Context, getServerStylisCache closure, cache WeakMap' },
  'ajv-compiled-schemas': { version: '8.17.1', other: '6.12.6', path: 'ajv Ajv, _cache Map, table Array, 4 SchemaEnv' },
  'mcp-sdk-validators': { version: '1.20.0', other: '2.0.0', path: 'validator AjvJsonSchemaValidator, _ajv Ajv, _cache Map, table Array' },
  'tiny-lru-orphans': { version: '11.2.0', other: '11.2.1', path: 'cache LRU, first Object, prev Object' },
  'webpack-cached-modules': { version: '5.24.0', other: '5.28.0', path: 'cache Map, 4 NormalModule, parser JavascriptParser, hooks Object, fn Compilation' },
  'eslint-plugin-import-export-map': { version: '2.15.0', other: '2.14.0', path: 'context Context, exportCache Map, table Array, 4 ExportMap' },
}

function exampleOf(id: string): Example {
  const example = EXAMPLES[id]
  if (example === undefined) throw new Error(`no example path for ${id}`)
  return example
}

function findingOf(id: string): Finding {
  const leak = KNOWN_LEAKS.find((each) => each.id === id)!
  const { path, script } = exampleOf(id)
  const file = script ?? (leak.package === 'node' ? '/app/server.js' : `/app/node_modules/${leak.package}/lib/index.js`)
  const steps = path.split(', ').map((step, position) => {
    const cut = step.lastIndexOf(' ')
    return {
      edgeKind: 'property' as const,
      edgeName: step.slice(0, cut),
      nodeKind: 'object' as const,
      nodeName: step.slice(cut + 1),
      nodeId: position + 1,
      status: 'suspect' as const,
      location: position === 0 ? { file, line: 1 } : undefined,
    }
  })
  return {
    verdict: 'leak',
    pattern: 'growing-array',
    category: 'growing-collection',
    title: 'something grows',
    reasons: [{ for: true, text: 'it grew' }],
    subject: { kind: 'nodes', className: 'Object', count: 10 },
    paths: [{ root: '(GC roots)', steps, fingerprint: 'f' }],
    fingerprint: 'f',
    advice: 'Bound it.',
  }
}

/** What runs in the example of `id`: its package in that version, nothing else known. */
const runs = (id: string, version: string | undefined) => (name: string) => (name === KNOWN_LEAKS.find((each) => each.id === id)!.package ? version : undefined)

test('there are at least forty, each with its own id, a public link and an example', () => {
  expect(KNOWN_LEAKS.length).toBeGreaterThanOrEqual(40)
  expect(new Set(KNOWN_LEAKS.map(({ id }) => id)).size).toBe(KNOWN_LEAKS.length)
  expect(KNOWN_LEAKS.filter(({ link }) => !/^https:\/\/github\.com\/[\w.-]+\/[\w.-]+\/(issues|pull)\/\d+$/.test(link))).toEqual([])
  expect(Object.keys(EXAMPLES).toSorted()).toEqual(KNOWN_LEAKS.map(({ id }) => id).toSorted())
})

describe.each(KNOWN_LEAKS.map(({ id }) => id))('%s', (id) => {
  const { version, other } = exampleOf(id)

  test('is found on its own path, and no other leak is', () => {
    const found = KNOWN_LEAKS.filter((leak) => matchKnownLeak(findingOf(id), runs(id, version), [leak]) !== undefined)
    expect(found.map((leak) => leak.id)).toEqual([id])
  })

  test('may be it when the version is not known', () => {
    const leak = KNOWN_LEAKS.find((each) => each.id === id)!
    const match = matchKnownLeak(findingOf(id), () => undefined, [leak])
    expect(match).toEqual({ leak, version: undefined })
    expect(sayKnownLeak(findingOf(id), match!).title).toMatch(/^may be the known leak of /)
  })

  test.runIf(other !== undefined)('is not found in a version outside its range', () => {
    expect(matchKnownLeak(findingOf(id), runs(id, other))).toBeUndefined()
  })

  test('is not found when the names are there in the reverse order', () => {
    const finding = findingOf(id)
    const leak = KNOWN_LEAKS.find((each) => each.id === id)!
    const reversed = finding.paths.map((path) => ({ ...path, steps: path.steps.toReversed().map((step) => ({ ...step, edgeName: step.nodeName, nodeName: step.edgeName })) }))
    const isOrdered = leak.signature.length > 1 && String(leak.signature[0]) !== String(leak.signature.at(-1))
    if (isOrdered && id !== 'next-i18next-clones') expect(matchKnownLeak({ ...finding, paths: reversed }, runs(id, version), [leak])).toBeUndefined()
    else expect(matchKnownLeak({ ...finding, paths: [] }, runs(id, version), [leak])).toBeUndefined()
  })
})

test.each(KNOWN_LEAKS.filter(({ package: name }) => name !== 'node').map((leak) => ({ leak, id: leak.id })))('$id: a package that only allocates is not taken for the holder by names that any program has', ({ leak, id }) => {
  const finding = findingOf(id)
  const file = finding.paths[0]!.steps[0]!.location!.file
  const elsewhere: Finding = {
    ...finding,
    paths: finding.paths.map((path) => ({ ...path, steps: path.steps.map((step) => ({ ...step, location: { file: '/app/server.js', line: 1 } })) })),
    allocatedAt: [{ file: '/app/server.js', line: 3 }, { file, line: 7 }],
  }
  const match = matchKnownLeak(elsewhere, runs(id, exampleOf(id).version), [leak])
  if (isTelling(leak)) expect(match?.leak.id).toBe(id)
  else expect(match).toBeUndefined()
})

test('the same names in a program of its own are no known leak', () => {
  const finding = findingOf('debug-instances')
  const own = { ...finding, paths: finding.paths.map((path) => ({ ...path, steps: path.steps.map((step) => ({ ...step, location: { file: '/app/src/debug.js', line: 1 } })) })) }
  expect(matchKnownLeak(own, () => '4.1.1')).toBeUndefined()
})

test('a match says so first and changes neither verdict nor pattern nor fingerprint', () => {
  const finding = findingOf('debug-instances')
  const said = sayKnownLeak(finding, matchKnownLeak(finding, () => '4.1.1')!)
  expect(said.title).toBe('known leak of debug 4.1.1, fixed in 4.3.0: something grows')
  expect(said.reasons[0]!.text).toContain('https://github.com/debug-js/debug/issues/678')
  expect(said.reasons.slice(1)).toEqual(finding.reasons)
  expect(said.advice).toBe('Update debug to ≥ 4.3.0. Bound it.')
  expect({ ...said, title: '', reasons: [], advice: '' }).toEqual({ ...finding, title: '', reasons: [], advice: '' })
})

test('what only looks big, and did not grow before our eyes, is no more than a "may be"', () => {
  const finding: Finding = { ...findingOf('debug-instances'), verdict: 'undecided' }
  expect(sayKnownLeak(finding, matchKnownLeak(finding, () => '4.1.1')!).title).toBe('may be the known leak of debug 4.1.1, fixed in 4.3.0: something grows')
})

test('packages are read from script paths of every layout, the innermost one', () => {
  const at = (file: string) => packagesOf({ ...findingOf('debug-instances'), paths: [], location: { file, line: 1 } })
  expect(at('/a/node_modules/.pnpm/debug@4.1.1/node_modules/debug/src/common.js')).toEqual([{ name: 'debug', folder: '/a/node_modules/.pnpm/debug@4.1.1/node_modules/debug' }])
  expect(at('file:///a/node_modules/@grpc/grpc-js/build/x.js')).toEqual([{ name: '@grpc/grpc-js', folder: 'file:///a/node_modules/@grpc/grpc-js' }])
  expect(at('C:\\a\\node_modules\\debug\\src\\node.js')).toEqual([{ name: 'debug', folder: 'C:/a/node_modules/debug' }])
  expect(at('node_modules/debug/src/node.js')).toEqual([{ name: 'debug', folder: 'node_modules/debug' }])
  expect(at('node:internal/deps/undici/undici')).toEqual([{ name: 'undici', folder: 'node:internal/deps/undici' }])
  expect(at('/a/my_node_modules/debug.js')).toEqual([])
  expect(at('/a/node_modules/single.js')).toEqual([])
})
