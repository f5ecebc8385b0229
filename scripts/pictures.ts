/**
 * `npm run pictures`: the demo's pages on its first morning, as Chromium draws them, into `docs/pictures`.
 * It needs Debian's `chromium`, or one that `CHROMIUM` names.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { readers } from '../src/demo/readers.js';

const root = fileURLToPath(new URL('../', import.meta.url));
const folder = join(root, 'docs/pictures');
/** A picture above that makes reading the documents slow. */
const mostBytes = 150_000;
const desk = { width: 1200, height: 1150 };
/** Drawn smaller than life: more of a page is seen in as many bytes. */
const scale = 0.7;
const phone = { width: 360, height: 900 };

interface Picture {
  readonly name: string;
  /** The variable of the demo's reader whose page it is. */
  readonly as: string;
  readonly address: string;
  readonly screen?: { readonly width: number; readonly height: number };
  /** What is done on the page before it is looked at. */
  readonly act?: (page: Page) => Promise<void>;
}
const next = (page: Page): Promise<void> => page.click('button[name="_next"]:not([aria-hidden])');

const pictures: readonly Picture[] = [
  { name: 'programme', as: 'TREASURY', address: '/programmes/total-place?since=2009-10-01' },
  { name: 'programme-brief', as: 'TREASURY', address: '/programmes/total-place/brief' },
  { name: 'what-waits-for-you', as: 'OFFICIAL', address: '/' },
  { name: 'place', as: 'CHAIR', address: '/places/durham' },
  { name: 'place-on-a-phone', as: 'CHAIR', address: '/places/durham', screen: phone },
  { name: 'department', as: 'OFFICIAL', address: '/departments/department-for-work-and-pensions' },
  { name: 'barriers', as: 'OFFICIAL', address: '/barriers' },
  { name: 'pool', as: 'SECRETARIAT', address: '/pools/durham-warm-homes' },
  { name: 'decision-audit', as: 'LEICESTERSHIRE', address: '/decisions/ll-strategy-date/audit' },
  { name: 'this-week', as: 'PROGRAMME_OFFICE', address: '/this-week' },
  { name: 'timeline', as: 'AUDITOR', address: '/timeline?placeId=durham' },
  {
    name: 'check-before-you-record-it',
    as: 'SEAT_HOLDER',
    address: '/pools/durham-warm-homes/pledges',
    async act(page) {
      await page.fill('[name="pledgedPence"]', '12,400.50');
      await next(page);
      await page.fill('[name="financialYear"]', '2009-10');
      await next(page);
      await next(page);
    },
  },
];

/** Starts the demo on a free port, and answers its address once it listens. */
async function startDemo(dataDir: string) {
  const child = spawn(
    process.execPath,
    ['--import=tsx', 'src/cli.ts', 'demo', '--json', '--port', '0', '--speed', '0', '--data-dir', dataDir],
    { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('{')) continue;
    const { url } = JSON.parse(line) as { readonly url: string };
    return { url, stop: () => (child.kill('SIGTERM'), ended) };
  }
  throw new Error('The demo ended before it listened: what it said is above.');
}

async function draw(browser: Browser, url: string, picture: Picture): Promise<Buffer> {
  const reader = readers.find(({ variable }) => variable === picture.as);
  if (!reader) throw new Error(`No reader of the demo is ${picture.as}.`);
  const context = await browser.newContext({
    viewport: picture.screen ?? desk,
    deviceScaleFactor: scale,
    locale: 'en-GB',
  });
  try {
    const page = await context.newPage();
    await page.goto(`${url}/sign-in`);
    await page.check(`[name="post"][value="${reader.account}"]`);
    await page.click('main button');
    const answered = await page.goto(`${url}${picture.address}`);
    if (answered?.status() !== 200) throw new Error(`${picture.address} answers ${answered?.status()}.`);
    await picture.act?.(page);
    return await page.screenshot();
  } finally {
    await context.close();
  }
}

const dataDir = mkdtempSync(join(tmpdir(), 'total-place-pictures-'));
const demo = await startDemo(dataDir);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  // Letters without coloured edges make pictures a third smaller.
  args: ['--no-sandbox', '--disable-lcd-text'],
});
try {
  for (const old of readdirSync(folder)) if (old.endsWith('.png')) rmSync(join(folder, old));
  for (const picture of pictures) {
    const png = await draw(browser, demo.url, picture);
    if (png.length > mostBytes)
      throw new Error(`${picture.name}.png has ${png.length} bytes, of ${mostBytes} at most: make it lower.`);
    writeFileSync(join(folder, `${picture.name}.png`), png);
    console.log(`${picture.name}.png ${Math.round(png.length / 1000)} kB`);
  }
} finally {
  await browser.close();
  await demo.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
