import t from 'tap';
import { appendFileSync } from 'node:fs';
import { openWeb, everybody, pageAddresses, feedPages } from './world.js';
const world = await openWeb(t);
for (const reader of everybody.filter((r) => r && ['PROGRAMME_OFFICE','SECRETARIAT','AUDITOR','OFFICIAL','FINANCE_OFFICER','ACCESS_ADMINISTRATOR','ADMINISTRATOR'].includes(r.variable)))
  for (const url of [...pageAddresses(world, 40), ...feedPages()]) {
    const { html, status } = await world.get(reader, url);
    if (status !== 200) continue;
    const text = html.replace(/<head>.*?<\/head>/gs, ' ').replace(/<select.*?<\/select>/gs,' ').replace(/<[^>]+>/g, ' | ').replace(/(\s*\|\s*)+/g, ' | ').replace(/\s+/g, ' ');
    appendFileSync('/tmp/w/answers-sweep.txt', `${reader!.variable} ${url}\t${text}\n`);
  }
t.pass();
