/**
 * The documents say what is so: each `ts` block of a how-to stands, spaces apart, in the file its page names;
 * each `sh` block is typed beside the demo, or says in its fence what it needs that is not here.
 */
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { aggregates } from '../src/domain/registry.js';
import { readClosed } from '../src/runtime/closed-file.js';
import { sessionSecrets } from '../src/runtime/session-keys.js';
import { readIssuers } from '../src/web/issuers.js';
import { besideTheDemo, blocksOf, type } from './typed.js';
import { freePort } from './web/providers.js';

const root = new URL('../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const bare = (code: string): string => code.replace(/\s+/g, '');

t.test('code in a how-to is taken from the file it names', async (t) => {
  let found = 0;
  for (const page of readdirSync(new URL('docs/how-to/', root))) {
    if (page === 'add-an-event-version.md') {
      // No released event has had a second shape yet: there is nothing to take its example from.
      const again = aggregates.filter((a) =>
        Object.values<{ upcasts?: unknown }>(a.events).some((e) => e.upcasts),
      );
      t.strictSame(
        again.map((a) => a.name),
        [],
        `${page}: show the first real upcast, and drop this exception`,
      );
      continue;
    }
    const text = read(`docs/how-to/${page}`);
    const files = [...text.matchAll(/`((?:src|test|data)\/[\w/-]+\.ts)`/g)].map((m) => bare(read(m[1]!)));
    for (const [, block] of text.matchAll(/```ts\n([\s\S]*?)```/g)) {
      // Where a block leaves something out it says so with a line of its own: `…`.
      const parts = block!.split(/^\s*…\s*$/m).map(bare);
      t.ok(
        files.some((file) => parts.every((part) => file.includes(part))),
        `${page}: ${block!.trim().split('\n')[0]}`,
      );
      found++;
    }
  }
  t.ok(found > 0);
});

t.test(
  'a command is its group’s file, its rule and its spec, and a query and a view are one file each',
  async (t) => {
    const named = (page: string, folder: string): string[] =>
      [...new Set([...explained(page).matchAll(/`((?:src|test)\/[\w/.-]+\.ts)`/g)].map((m) => m[1]!))].filter(
        (f) => f.startsWith(folder),
      );
    const [small, ...grown] = named('add-a-command.md', 'src/');
    t.match(
      read(small!),
      /event\(z[^]*refuse\([^]*command\(z/,
      'a small record has events, rules and commands in one file',
    );
    t.equal(
      new Set(grown.map((f) => dirname(f))).size,
      1,
      'one that has outgrown it is shown by one example',
    );
    const holds = [/event\(z[^]*decides</, /command\(\s*z/, /refuse\(/];
    t.equal(
      grown.length,
      holds.length,
      'with a file for its events, one for a group of commands, one for its rules',
    );
    for (const [i, f] of grown.entries()) t.match(read(f), holds[i]!, f);
    t.equal(named('add-a-command.md', 'test/domain/').length, 1, 'and one spec');
    t.equal(named('add-a-command.md', 'test/web/stories/').length, 1, 'and one story');
    const places = named('add-an-aggregate.md', 'src/').filter(
      (f) => !/\/person\/|\/parts\.ts$|\/titles\.ts$/.test(f),
    );
    t.ok(places.length > 5, 'where a kind of record is named');
    for (const f of places)
      t.match(read(f), /\bwaiver\b/, `${f} names one that is named wherever one can be`);
    const [question, ...more] = named('add-a-query.md', 'src/http/questions/').filter(
      (f) => !f.endsWith('/index.ts'),
    );
    t.strictSame(more, [], 'a query is one file');
    t.match(
      read(question!),
      /z\.strictObject\([^]*\blist\(\{[^]*\brow: /,
      'which holds the shape of the answer and the question',
    );
    const views = named('add-a-view.md', 'src/projections/').filter((f) => !f.endsWith('/index.ts'));
    t.ok(views.length > 0, 'an example');
    for (const f of views) {
      t.match(read(f), /= view\(\{[^]*tables:[^]*handlers\(/, `${f} has tables and handlers`);
      t.ok(
        read('src/projections/index.ts').includes(
          `./${f.slice('src/projections/'.length).replace('.ts', '.js')}`,
        ),
        `${f} is named in the index`,
      );
    }
  },
);

/** The paragraph of a page that shows commits, by which files they changed; nothing where it shows none. */
const instance = (page: string): string =>
  /^For instance the commits? [^]*?\n\n/m.exec(read(`docs/how-to/${page}`))?.[0] ?? '';
/** A page without that paragraph. */
const explained = (page: string): string => read(`docs/how-to/${page}`).replace(instance(page), '');

const git = (...args: string[]): string =>
  execFileSync('git', args, {
    cwd: fileURLToPath(root),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
/** Why the history cannot be read here; undefined where it can. */
function historyMissing(): string | undefined {
  try {
    return git('rev-parse', '--is-shallow-repository').trim() === 'true' ? 'a shallow clone' : undefined;
  } catch {
    return 'not a git checkout';
  }
}

t.test(
  'a commit that a how-to shows changed the files it says',
  { skip: historyMissing() ?? false },
  async (t) => {
    let found = 0;
    for (const page of readdirSync(new URL('docs/how-to/', root))) {
      const text = instance(page);
      const said = [...text.matchAll(/`((?:src|test)\/[\w/.-]+)`/g)].map((m) => m[1]!).sort();
      for (const [, subject = ''] of text.matchAll(/`git log --grep="([^"]+)"`/g)) {
        const commits = git('log', '--fixed-strings', `--grep=${subject}`, '--format=%H %s')
          .split('\n')
          .filter((line) => line.slice(41).startsWith(subject));
        t.equal(commits.length, 1, `${page}: ${subject}`);
        t.ok(text.includes(`*‘${subject}’*`), 'it is called by the words that find it');
        for (const commit of commits)
          t.strictSame(
            git('show', '--format=', '--name-only', commit.slice(0, 40)).trim().split('\n').sort(),
            said,
            subject,
          );
        found++;
      }
    }
    t.ok(found >= 3);
  },
);

t.test('files and commands that a how-to names are there', async (t) => {
  const { scripts } = JSON.parse(read('package.json'));
  for (const page of readdirSync(new URL('docs/how-to/', root))) {
    const text = read(`docs/how-to/${page}`);
    for (const [, path] of text.matchAll(/`((?:src|test|data|docs)\/[\w/-]+(?:\.\w+)?)`/g))
      t.ok(existsSync(new URL(path!, root)), `${page}: ${path}`);
    for (const [, script] of text.matchAll(/npm run ([\w:]+)/g))
      t.ok(scripts[script!], `${page}: npm run ${script}`);
  }
});

/** By page, what each block answers that is typed here, in the page's order. */
const answers: Record<string, RegExp[]> = {
  'docs/events.md': [/^\{.*"specversion":"1\.0".*"type":"programme\.ProgrammeDefined\.v1"/m],
  'docs/how-to/accept-tokens.md': [/^7pi5dxkouimeqq2obzcsr7a63g$/m],
  'docs/how-to/ask-about-the-past.md': [
    /"asAt":"2009-09-09T12:00:00.*"recordVersion":\d/,
    /"items":\[\{[^]*"placeId":"durham"[^]*"asAt":"2009-10-09T22:59:59.999Z"[^]*"asAt":"2009-10-09T22:59:59.999Z","items":/,
    /"changes":\[\{"field":"\/status","then":"opened","now":"active","text":"Status: opened, then active"\}.*"events":\[\{/,
    /"items":\[\{[^]*"placeId":"durham"/,
    /"places":\[\{[^]*"id":"durham"/,
    /"record":"place-durham".*"ways":\["forth"\]/,
  ],
  'docs/how-to/export-a-place.md': [/^\s*$/, /^Nothing was altered$/m],
  'docs/how-to/run.md': [
    /"status":"ready"[^]*^file_bytes\{file="log"\} \d+$[^]*^Copied to [^]*^place-progress: live at \d+$\nThe log is whole, and its views equal a rebuild\.$/m,
  ],
  'docs/how-to/secure-eventstore.md': [/^$/],
  'docs/how-to/subscribe-to-the-calendar.md': [
    /"address":"http:[^"]*\/v1\/calendar\/[\w-]{43}\.ics"[^]*BEGIN:VCALENDAR[^]*X-WR-CALNAME:Durham: /,
    /"events":\["CalendarAddressWithdrawn"\]/,
  ],
  'docs/how-to/start-a-programme.md': [
    /^4 accounts with 4 grants were taken over\./m,
    /"status":"ready"/,
    /^58 to give\. Nothing was given[^]*^4 left for secretariat@place:kent[^]*^58 given\.$/m,
    /^4 given\.$/m,
    /Whole Place 2026–27[^]*County Durham[^]*Kent/,
    /^$/,
  ],
  'docs/how-to/sign-in.md': [
    /^-rw------- .* county\.secret$[^]*^-rw------- .* issuers\.yaml$[^]*^-rw------- .* session-keys$/m,
    /total-place\.administrator-1 is an access administrator .* Name the second one[^]*administrator-2 .* Both are there/,
    /"events":\["AccountInvited"[^]*"events":\["GrantApproved"\][^]*^You have been invited$/m,
  ],
};
/** By page, how many blocks say that they need something. */
const marked: Record<string, number> = {
  'docs/how-to/move-to-eventstore.md': 4,
  'docs/how-to/run.md': 3,
  'docs/how-to/secure-eventstore.md': 4,
  'docs/how-to/sign-in.md': 2,
  'docs/how-to/test-on-eventstore.md': 3,
};

t.test('what the documents say to type does what they say', { timeout: 240_000 }, async (t) => {
  const pages = readdirSync(new URL('docs/', root), { recursive: true, encoding: 'utf8' })
    .filter((f) => f.endsWith('.md') && !f.startsWith('adr/'))
    .map((f) => join('docs', f));
  const blocks = pages.flatMap(blocksOf);
  for (const b of blocks) t.not(b.language, '', `${b.page}:${b.line} names its language`);
  const sh = blocks.filter((b) => b.language === 'sh');
  t.strictSame(
    Object.fromEntries(
      [...new Set(sh.filter((b) => b.needs).map((b) => b.page))].map((p) => [
        p,
        sh.filter((b) => b.page === p && b.needs).length,
      ]),
    ),
    marked,
    'blocks that need what is not here',
  );

  const dir = await besideTheDemo(t);
  // The service and the organisation that a reader starts for an afternoon, beside others on this machine.
  const [port, issuerPort] = [await freePort(), await freePort()];
  const examples = fileURLToPath(new URL('examples/', root));
  const started = `export PORT=${port} ISSUER_PORT=${issuerPort} EXAMPLES='${examples}'`;
  t.teardown(async () => {
    const stop = 'for f in first/*.pid; do kill -- "-$(cat "$f")" || true; done 2>/dev/null';
    if (existsSync(join(dir, 'first'))) await type(dir, stop);
  });
  for (const page of pages) {
    const typed = sh.filter((b) => b.page === page && !b.needs);
    t.equal(
      typed.length,
      answers[page]?.length ?? 0,
      `${page}: each block has its answer here, or says what it needs`,
    );
    // What nobody expects an answer of is not typed: it might be a server, or worse.
    for (const [i, answer] of (answers[page] ?? []).entries()) {
      const b = typed[i];
      if (b)
        t.match(await type(dir, `. ./var/demo/demo.env\n${started}\n${b.code}`), answer, `${page}:${b.line}`);
    }
  }

  const issuers = readIssuers(
    readFileSync(join(dir, 'door/issuers.yaml'), 'utf8'),
    join(dir, 'door'),
    readClosed,
  );
  t.match(
    issuers,
    [
      {
        id: 'county',
        signIn: { proof: { by: 'basic' } },
        tokens: { kind: { claim: 'typ', value: 'Bearer' } },
      },
      { id: 'police', signIn: { proof: { algorithm: 'PS256', headers: { 'x5t#S256': /./ } } } },
    ],
    'the file of organisations is one',
  );
  t.equal(
    sessionSecrets({ file: join(dir, 'door/session-keys'), dataDir: dir, shared: true }).length,
    1,
    'and so is that of the session keys',
  );

  const certificate = (file: string) => new X509Certificate(readFileSync(join(dir, file)));
  t.ok(
    certificate('node.crt').checkIssued(certificate('ca.crt')),
    'the node’s certificate is the authority’s',
  );
  t.equal(
    certificate('node.crt').checkHost('log-1.example.org'),
    'log-1.example.org',
    'and is good for the name that clients call',
  );
});
