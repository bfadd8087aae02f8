import { appendFile } from 'node:fs/promises'
import { UsageError } from '../../base/errors.ts'
import { gateTests } from '../../jobs/gate-tests.ts'
import { expectPlaceFor } from '../../jobs/output-place.ts'
import { updatedBaselineText } from '../../jobs/update-baseline.ts'
import { renderGithubAnnotations } from '../../render/github.ts'
import { renderJunit } from '../../render/junit.ts'
import { renderMarkdown } from '../../render/markdown.ts'
import { renderSarif } from '../../render/sarif.ts'
import type { DefineCommand } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { addExamples, addReportOptions, type ReportOptionValues } from '../report-options.ts'
import { readVersion } from '../version.ts'
import { writeWholeFile } from '../../jobs/write-whole-file.ts'

interface Options extends ReportOptionValues {
  report?: string[]
  baseline: string
  updateBaseline?: true
  reason?: string
  expires?: string
  junit?: string
  sarif?: string
  github?: boolean
}

export const define: DefineCommand = (command, shell) => {
  addReportOptions(command)
    .description('Run tests that use shouldGoAway, and let new leaks fail the build: known ones stand in a baseline.')
    .argument('[command...]', 'the tests, after --')
    .option('--report <file...>', 'reports that other commands wrote with --json')
    .option('--baseline <file>', 'the file of known leaks', 'stillhere-baseline.json')
    .option('--update-baseline', 'take up new leaks for --reason, and take out what is fixed')
    .option('--reason <text>', 'why the new leaks are tolerated')
    .option('--expires <day>', 'the last day on which they are, such as 2027-01-31')
    .option('--junit <file>', 'write a JUnit report')
    .option('--sarif <file>', 'write a SARIF 2.1.0 log, for code scanning')
    .option('--github', 'print GitHub annotations and a step summary (by itself when GITHUB_ACTIONS is true)')
    .action(async (tests: string[], options: Options) => {
      if (tests.length === 0 && options.report === undefined) throw new UsageError({ argument: 'test', given: 'neither a command nor a report', allowed: 'stillhere test -- npm test, or --report FILE' })
      if (options.updateBaseline === true && options.reason === undefined) throw new UsageError({ argument: '--update-baseline', given: 'no reason', allowed: '--reason "why they are tolerated"' })
      if (options.expires !== undefined && (!/^\d{4}-\d\d-\d\d$/.test(options.expires) || Number.isNaN(Date.parse(options.expires)))) throw new UsageError({ argument: '--expires', given: options.expires, allowed: 'a day such as 2027-01-31' })
      if (options.junit !== undefined) expectPlaceFor(options.junit, '--junit')
      if (options.sarif !== undefined) expectPlaceFor(options.sarif, '--sarif')
      const version = readVersion()
      const today = new Date().toISOString().slice(0, 10)
      const { report, gate, baseline, exitCode } = await gateTests({ command: tests, reports: options.report ?? [], baselinePath: options.baseline, output: options.json === true || options.markdown === true ? 'stderr' : 'stdout', version, today }, shell.run)
      const failing = [...gate.fresh, ...gate.expired.map((each) => each.finding)]
      if (options.junit !== undefined) {
        const known = gate.known.map(({ finding, leak }) => ({ finding, outcome: 'known' as const, note: leak.reason }))
        const expired = gate.expired.map(({ finding, leak }) => ({ finding, outcome: 'failed' as const, note: `tolerated until ${leak.expires}: ${leak.reason}` }))
        await writeWholeFile(options.junit, renderJunit([...gate.fresh.map((finding) => ({ finding, outcome: 'failed' as const })), ...expired, ...known]))
      }
      if (options.sarif !== undefined) await writeWholeFile(options.sarif, renderSarif(failing, { version, fallback: { file: options.baseline, line: 1 } }))
      if (options.github ?? process.env['GITHUB_ACTIONS'] === 'true') {
        // On stderr too they are commands; on stdout they would stand in the way of --json.
        shell.tell(renderGithubAnnotations(failing, 'error') + renderGithubAnnotations(gate.known.map((each) => each.finding), 'notice'))
        const summary = process.env['GITHUB_STEP_SUMMARY']
        if (summary !== undefined && summary !== '') await appendFile(summary, renderMarkdown(report))
      }
      shell.finish(report, options)
      if (options.updateBaseline === true) {
        await writeWholeFile(options.baseline, updatedBaselineText(baseline, gate, { reason: options.reason!, expires: options.expires }))
        shell.tell(`${options.baseline}: ${gate.fresh.length} taken up, ${gate.fixed.length} taken out`)
      }
      if (exitCode !== undefined && exitCode !== 0 && options.failOn !== 'never') shell.endWith(EXIT.found)
    })
  addExamples(command, [
    ['stillhere test -- npx vitest run', 'run the tests, fail on leaks that no baseline knows'],
    ['stillhere test --junit leaks.xml --sarif leaks.sarif -- npm test', 'the same, for a CI server'],
    ['stillhere test --update-baseline --reason "ticket 812" --expires 2027-01-31 -- npm test', 'tolerate what is there now, for a while'],
  ])
}
