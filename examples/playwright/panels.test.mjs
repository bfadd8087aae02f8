import { readFileSync } from 'node:fs'
import { expect as baseExpect, test } from '@playwright/test'
import { installShouldGoAway, pageMatchers, shouldGoAway } from 'stillhere/playwright'

const expect = baseExpect.extend(pageMatchers)

test.beforeEach(async ({ page }) => {
  await installShouldGoAway(page)
  for (const name of ['panels.html', 'panels.js']) await page.route(`**/${name}`, (route) => route.fulfill({ contentType: name.endsWith('.js') ? 'text/javascript' : 'text/html', body: readFileSync(new URL(name, import.meta.url), 'utf8') }))
  await page.goto('http://panels.test/panels.html')
})

test('a tidy panel leaves nothing', async ({ page }) => {
  await page.click('#open-tidy')
  await page.click('#close')
  await expect(page).toLeaveNothing()
})

test('a leaky panel leaves nothing', async ({ page }) => {
  await page.click('#open-leaky')
  await page.click('#close')
  await expect(page).toLeaveNothing()
})

test('what is on the screen is still here', async ({ page }) => {
  await page.click('#open-tidy')
  await shouldGoAway(page.locator('#place section'), 'section on the screen')
  await expect(page).not.toLeaveNothing()
})
