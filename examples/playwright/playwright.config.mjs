import { defineConfig } from '@playwright/test'

// CHROMIUM: a browser of the system; without it Playwright's own (npx playwright install chromium).
const executablePath = process.env.CHROMIUM

export default defineConfig({
  testMatch: '*.test.mjs',
  workers: 1,
  timeout: 120_000,
  reporter: 'line',
  use: { browserName: 'chromium', launchOptions: executablePath ? { executablePath, args: ['--no-sandbox', '--disable-gpu'] } : {} },
})
