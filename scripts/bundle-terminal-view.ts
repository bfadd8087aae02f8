// The live picture of `watch` is drawn by ink and react: 24 packages for one screen. They are bundled into the one file that
// needs them, so that users install none of them, and it is loaded only on a terminal.
import { build } from 'rolldown'

const VIEW = 'dist/cli/terminal/screen-view.js'

export async function bundleTerminalView(): Promise<void> {
  await build({
    input: VIEW,
    platform: 'node',
    // A debugger's bridge that ink would load when DEV is set; nobody debugs our screen with it.
    plugins: [{ name: 'no-devtools', resolveId: (id) => (id === 'react-devtools-core' ? '\0none' : null), load: (id) => (id === '\0none' ? 'export default { initialize() {}, connectToDevTools() {} }' : null) }],
    transform: { define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' } },
    output: { file: VIEW, format: 'esm', minify: true, codeSplitting: false },
    logLevel: 'warn',
  })
}
