// Loads pages in headless Chromium over the DevTools protocol (no package but axe-core): what ran, what was asked for, what axe says.
import { spawn } from 'node:child_process';
import { readFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [chromium, axePath, ...pages] = process.argv.slice(2);
const home = mkdtempSync(join(tmpdir(), 'rca-browser-'));
const browser = spawn(chromium, ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--remote-debugging-pipe', `--user-data-dir=${home}`, 'about:blank'],
{ stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
const [, , , to, from] = browser.stdio; // messages are JSON, each ended by a NUL
let last = 0;
let rest = Buffer.alloc(0);
const waiting = new Map();
const heard = [];
from.on('data', (part) => {
  rest = Buffer.concat([rest, part]);
  for (let end = rest.indexOf(0); end >= 0; end = rest.indexOf(0)) {
    const message = JSON.parse(rest.subarray(0, end).toString());
    rest = rest.subarray(end + 1);
    if (message.id) { waiting.get(message.id)?.(message); waiting.delete(message.id); } else heard.push(message);
  }
});
const ask = (method, params = {}, sessionId) => new Promise((answer, refuse) => {
  const id = ++last;
  waiting.set(id, (message) => (message.error ? refuse(new Error(`${method}: ${message.error.message}`)) : answer(message.result)));
  to.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
});
const results = [];
for (const page of pages) {
  for (const [scheme, width] of [['light', 1100], ['dark', 390]]) {
    const { targetId } = await ask('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await ask('Target.attachToTarget', { targetId, flatten: true });
    const tell = (method, params) => ask(method, params, sessionId);
    for (const domain of ['Page', 'Network', 'Runtime', 'Log']) await tell(`${domain}.enable`);
    await tell('Page.setBypassCSP', { enabled: true }); // for axe alone, which is loaded after the page
    await tell('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
    await tell('Emulation.setDeviceMetricsOverride', { width, height: 900, deviceScaleFactor: 1, mobile: width < 500 });
    heard.length = 0;
    await tell('Page.navigate', { url: `file://${page}` });
    const evaluate = async (expression) => (await tell('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true })).result.value;
    for (let turn = 0; turn < 100 && !(await evaluate("document.readyState === 'complete' && location.protocol === 'file:'")); turn++) {
      await new Promise((later) => setTimeout(later, 50));
    }
    const requests = heard.filter((one) => one.method === 'Network.requestWillBeSent' && one.params.request.url !== `file://${page}`).map((one) => one.params.request.url);
    const scripts = await evaluate('document.scripts.length');
    const overflow = await evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth + 1');
    const link = await evaluate(`(() => { const a = document.querySelector('ol.whys a.ref'); if (!a) return 'none'; location.hash = a.getAttribute('href');
      const there = document.getElementById(a.getAttribute('href').slice(1)); return there ? 'found' : 'lost'; })()`);
    await new Promise((later) => setTimeout(later, 100));
    const opened = await evaluate("(() => { const there = document.querySelector(':target'); return there ? there.closest('details').open : null; })()");
    await evaluate(readFileSync(axePath, 'utf8') + ';0');
    const violations = await evaluate(`axe.run(document, { resultTypes: ['violations'] }).then((r) => r.violations
      .filter((v) => v.impact === 'serious' || v.impact === 'critical').map((v) => v.id + ': ' + v.nodes[0].html.slice(0, 160)))`);
    const printed = (await tell('Page.printToPDF', {})).data.length;
    results.push({ page, scheme, width, requests, scripts, overflow, link, opened, violations, printed });
    await ask('Target.closeTarget', { targetId });
  }
}
console.log(JSON.stringify(results));
browser.on('exit', () => { rmSync(home, { recursive: true, force: true, maxRetries: 5 }); process.exit(0); });
browser.kill();
