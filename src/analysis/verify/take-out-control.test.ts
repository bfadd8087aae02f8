import { expect, test } from 'vitest'
import type { Finding } from '../../model/finding.ts'
import type { PathStep } from '../../model/retaining-path.ts'
import type { Floor } from '../rounds/floor.ts'
import { floorsWithoutControl, takeOutControl } from './take-out-control.ts'

type Part = Pick<Finding, 'subject' | 'growth' | 'paths'>

function leak(className: string, edgeName: string, count: number): Part {
  const step: PathStep = { edgeKind: 'property', edgeName, nodeKind: 'object', nodeName: 'Array', nodeId: 1, status: 'fine' }
  return {
    subject: { kind: 'nodes', className, count: 10 },
    growth: { bytes: 32 * count, count, per: 'operation' },
    paths: [{ root: '(global)', steps: [step], fingerprint: 'f' }],
  }
}

const CONTROL = { className: 'Planted', globalName: '__planted', plantedRate: 1 }

test('what was planted is seen at its rate and is no finding', () => {
  const own = leak('Session', 'sessions', 2)
  const { findings, outcome } = takeOutControl([own, leak('Planted', '__planted', 0.97)], CONTROL)
  expect(findings).toEqual([own])
  expect(outcome).toMatchObject({ isSeen: true, foundRate: 0.97 })
})

test('found at half its rate, or not at all, it is not seen', () => {
  expect(takeOutControl([leak('Planted', '__planted', 0.5)], CONTROL).outcome).toMatchObject({ isSeen: false, foundRate: 0.5 })
  expect(takeOutControl([leak('Session', 'sessions', 1)], CONTROL).outcome).toEqual({ isSeen: false, plantedRate: 1 })
})

test('a class of the same name that the program itself holds stays a finding', () => {
  const own = leak('Planted', 'mine', 1)
  expect(takeOutControl([own], CONTROL)).toEqual({ findings: [own], outcome: { isSeen: false, plantedRate: 1 } })
})

test('nothing planted is nothing seen', () => {
  expect(takeOutControl([leak('Planted', '__planted', 0)], { ...CONTROL, plantedRate: 0 }).outcome.isSeen).toBe(false)
})

test('floors lose what the planted objects took since the first', () => {
  const floor = (done: number, heapUsedBytes: number): Floor => ({
    done, heapUsedBytes, atMs: 0, codeBytes: 0, externalBytes: 0, arrayBuffersBytes: 0, rssBytes: 0, contextCount: 1, detachedContextCount: 0, handleCount: 0,
  })
  expect(floorsWithoutControl([floor(100, 5000), floor(200, 8200)], 32).map(({ heapUsedBytes }) => heapUsedBytes)).toEqual([5000, 5000])
})
