import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { expect, expectTypeOf, test } from 'vitest'
import { publishedSchema, withTables } from '../scripts/schema-files.ts'
import type { Finding } from '../src/model/finding.ts'
import type { Report } from '../src/model/report.ts'
import type { PathStep, RetainingPath } from '../src/model/retaining-path.ts'
import type { Notice, Source } from '../src/model/source.ts'
import { renderJson } from '../src/render/json.ts'
import { type REPORT_PARTS, ReportSchema } from '../src/render/report-schema.ts'
import { exampleReport } from './support/example-report.ts'

const read = (path: string): string => readFileSync(join(import.meta.dirname, '..', path), 'utf8')

test('the published schema and the tables of the documentation are those of the code (else: npm run schema)', () => {
  expect(read('schema/report.schema.json')).toBe(publishedSchema())
  expect(read('docs/report.md')).toBe(withTables(read('docs/report.md')))
})

test('every part of the report is documented', () => {
  const documented = [...read('docs/report.md').matchAll(/<!-- fields: (\w+) -->/g)].map(([, name]) => name)
  expect(documented).toEqual(['Report', 'Finding', 'RetainingPath', 'PathStep', 'Place', 'Source', 'Notice'])
})

test('a report validates as it is printed', () => {
  const printed: unknown = JSON.parse(renderJson(exampleReport()))
  expect(v.parse(ReportSchema, printed)).toEqual(printed)
})

test('what is not known is null, and typed arrays are lists', () => {
  const report = exampleReport()
  report.findings[0]!.growth = { bytes: Number.NaN, count: 1, per: 'round' }
  report.details = { floor: new Float64Array([1, Number.NaN]) }
  const printed = JSON.parse(renderJson(report)) as Report
  expect(printed.findings[0]!.growth).toEqual({ bytes: null, count: 1, per: 'round' })
  expect(printed.details).toEqual({ floor: [1, null] })
  v.parse(ReportSchema, printed)
})

test('a field nobody described, a missing one and a wrong word are refused', () => {
  const broken = (change: (report: Report) => void): boolean => {
    const report = exampleReport()
    change(report)
    return v.safeParse(ReportSchema, JSON.parse(renderJson(report))).success
  }
  expect(broken(() => undefined)).toBe(true)
  expect(broken((report) => Object.assign(report.findings[0]!, { surprise: 1 }))).toBe(false)
  expect(broken((report) => Reflect.deleteProperty(report, 'summary'))).toBe(false)
  expect(broken((report) => Object.assign(report.findings[0]!, { category: 'big-things' }))).toBe(false)
})

test('the schema has the fields of the types, no more and no fewer', () => {
  type Parts = { [Name in keyof typeof REPORT_PARTS]: keyof v.InferOutput<(typeof REPORT_PARTS)[Name]> }
  expectTypeOf<Parts['Report']>().toEqualTypeOf<keyof Report>()
  expectTypeOf<Parts['Finding']>().toEqualTypeOf<keyof Finding>()
  expectTypeOf<Parts['RetainingPath']>().toEqualTypeOf<keyof RetainingPath>()
  expectTypeOf<Parts['PathStep']>().toEqualTypeOf<keyof PathStep>()
  expectTypeOf<Parts['Source']>().toEqualTypeOf<keyof Source>()
  expectTypeOf<Parts['Notice']>().toEqualTypeOf<keyof Notice>()
  expectTypeOf<Report>().toExtend<v.InferOutput<typeof ReportSchema>>()
})
