import type { Report } from '../../src/model/report.ts'

/** One leak of a session store, as a report says it; for tests of renderers and of the contract. */
export function exampleReport(): Report {
  return {
    schema: 1,
    tool: { name: 'stillhere', version: '0.1.0' },
    command: 'hunt',
    verdict: 'leak',
    summary: '7.1 kB and 1 Session per operation, in each of 7 rounds. Two causes, the first is 96 % of it.',
    sources: [{ name: 'pid 5120', format: 'node-inspector', runtime: 'node', runtimeVersion: '24.11.0', idsAreStable: true, notices: [{ code: 'late-garbage', count: 2, firstAt: 'round 3', message: 'a collection had to be repeated' }] }],
    findings: [
      {
        verdict: 'leak',
        pattern: 'growing-map',
        category: 'growing-collection',
        title: 'a Map used as a cache, nothing ever removes an entry',
        reasons: [
          { for: true, text: 'one entry more per operation in every one of 7 rounds, none removed' },
          { for: true, text: 'the entries survive six full collections' },
          { for: false, text: 'the Map itself is as old as the module, so it may be a cache that is still filling' },
        ],
        subject: { kind: 'nodes', className: 'Session', count: 10_907, exampleId: 10_907 },
        growth: { bytes: 6800, count: 1, per: 'operation' },
        retainedBytes: 74_200_000,
        paths: [
          {
            root: 'module src/session-store.ts',
            fingerprint: '9c41e0d2',
            steps: [
              { edgeKind: 'variable', edgeName: 'sessions', nodeKind: 'object', nodeName: 'Map', nodeId: 11, status: 'fine', reason: 'lives as long as the module', note: '10 907 entries, +1 per operation, none removed' },
              { edgeKind: 'internal', edgeName: 'table', nodeKind: 'array', nodeName: '', nodeId: 13, status: 'suspect' },
              { edgeKind: 'element', edgeName: '5120', nodeKind: 'object', nodeName: 'Session', nodeId: 10_907, status: 'leaking', reason: 'created per operation, never read again', retainedBytes: 6600 },
            ],
          },
        ],
        location: { file: 'src/session-store.ts', line: 14, column: 7 },
        allocatedAt: [
          { file: 'src/session-store.ts', line: 31, column: 19, functionName: 'SessionStore.create' },
          { file: 'src/auth.ts', line: 52, column: 11, functionName: 'login' },
        ],
        fingerprint: '9c41e0d2',
        advice: 'Give the Map an end: delete on logout and on expiry, or use an LRU with a maximum (lru-cache).',
      },
      {
        verdict: 'suspect',
        pattern: 'listener-pile-up',
        category: 'listener',
        title: "one more 'close' listener on one socket per operation, and the title is long enough to need a second line",
        reasons: [],
        subject: { kind: 'nodes', className: 'onClose', count: 10_907 },
        growth: { bytes: 300, count: 2, per: 'operation' },
        paths: [],
        fingerprint: '',
        advice: '',
      },
      {
        verdict: 'healthy',
        pattern: 'compiled-code',
        category: 'other',
        title: 'compiled code, falling from round to round',
        reasons: [],
        subject: { kind: 'process', className: '', metric: 'heap-used' },
        growth: { bytes: 38, count: 0, per: 'operation' },
        paths: [],
        fingerprint: '',
        advice: '',
      },
    ],
    notices: [{ code: 'few-rounds', count: 1, message: 'only 7 rounds' }],
    details: {
      rounds: [
        { round: 1, operations: 101, floorBytes: 19_100_000, location: { file: 'a.js', line: 1, column: 2 }, exampleNode: 12 },
        { round: 2, operations: 101, floorBytes: 19_800_000, nested: { deep: true } },
      ],
      lasted: '41 s',
    },
  }
}
