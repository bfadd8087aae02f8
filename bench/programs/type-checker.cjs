// Keeps whole type-checked TypeScript programs, then writes a snapshot of itself.
// Usage: node type-checker.cjs OUT COPIES FILE…   (typescript is looked up from the working directory)
'use strict'
const { createRequire } = require('node:module')
const v8 = require('node:v8')

const [out, copies, ...files] = process.argv.slice(2)
const ts = createRequire(`${process.cwd()}/`)('typescript')
const kept = (globalThis.keptPrograms = [])
for (let copy = 0; copy < Number(copies); copy++) {
  const program = ts.createProgram(files, {
    allowJs: true,
    checkJs: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
  })
  const checker = program.getTypeChecker()
  for (const file of program.getSourceFiles()) if (!file.isDeclarationFile) program.getSemanticDiagnostics(file)
  kept.push({ program, checker })
}
v8.writeHeapSnapshot(out)
