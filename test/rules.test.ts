/**
 * The pages in docs/rules: every reference to one leads somewhere, every section names specs that are there,
 * and nothing refers to a document that whoever clones the repository does not have.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'tap';
import { aggregates } from '../src/domain/registry.js';

const root = fileURLToPath(new URL('../', import.meta.url));
const self = 'test/rules.test.ts';
const folder = 'docs/rules';
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
/** What stands in the repository, and what is about to; outside a git checkout, all that is written by hand. */
function inRepository(): string[] {
  try {
    return execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).split('\n');
  } catch {
    const folders = ['src', 'test', 'bench', 'scripts', 'docs'];
    const below = folders.flatMap((name) =>
      readdirSync(join(root, name), { recursive: true, encoding: 'utf8' }).map((file) => join(name, file)),
    );
    return [...below, ...readdirSync(root)].filter((file) => /\.\w+$/.test(file) && isFile(file));
  }
}
const isFile = (file: string): boolean => statSync(join(root, file)).isFile();
const files = inRepository().filter((file) => file && file !== self && existsSync(join(root, file)));
const pages = readdirSync(join(root, folder)).filter((page) => page.endsWith('.md'));

interface Section {
  readonly heading: string;
  readonly level: number;
  readonly text: string;
}
/** A page's sections in order; what stands above the first is none. */
const sectionsOf = (page: string): Section[] =>
  read(`${folder}/${page}`)
    .split(/^(?=##+ )/m)
    .filter((part) => part.startsWith('##'))
    .map((part) => {
      const [title = '', ...lines] = part.split('\n');
      return {
        heading: title.replace(/^#+ /, ''),
        level: title.indexOf(' '),
        text: lines.join('\n').trim(),
      };
    });
/** The anchor that GitHub gives a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
const anchors = new Map(pages.map((page) => [page, sectionsOf(page).map((s) => anchorOf(s.heading))]));

/** References in a file as page and anchor: named from the root, and, in a document, linked. */
function referencesOf(file: string): string[] {
  const text = read(file);
  const named = [...text.matchAll(/docs\/rules\/([\w-]+\.md(?:#[\w-]+)?)/g)].map((found) => found[1]!);
  if (!file.endsWith('.md')) return named;
  const linked = [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map((found) => found[1]!)
    .filter((link) => !/^\w+:/.test(link))
    .map((link) => (link.startsWith('#') ? file + link : normalize(join(dirname(file), link))))
    .filter((link) => link.startsWith(`${folder}/`))
    .map((link) => link.slice(folder.length + 1));
  return [...named, ...linked];
}

test('every reference to a rule leads to its page and heading', (t) => {
  let count = 0;
  const lost = files.flatMap((file) =>
    referencesOf(file)
      .filter((reference) => {
        count += 1;
        const [page = '', anchor] = reference.split('#');
        const headings = anchors.get(page);
        if (!headings) return true;
        return anchor !== undefined && !headings.includes(anchor);
      })
      .map((reference) => `${file}: ${reference}`),
  );
  t.same(lost, []);
  t.ok(count >= pages.length - 1, `${count} references`);
  const listed = referencesOf(`${folder}/README.md`);
  t.same(
    pages.filter((page) => page !== 'README.md' && !listed.includes(page)),
    [],
    'the list of pages has each',
  );
  for (const [page, headings] of anchors)
    t.equal(new Set(headings).size, headings.length, `${page}: two headings of one page are not alike`);
  t.end();
});

/** That a file holds a test of that name (`test('…'`), or a scene (`title: '…'`), on one line or the next. */
const holds = (source: string, name: string): boolean => {
  const text = source.replace(/\b(test\(|title:)\s+/g, '$1');
  return ["'", '"', '`'].some((quote) =>
    ['test(', 'title:'].some((before) => text.includes(before + quote + name + quote)),
  );
};

test('every rule names the specs that prove it', (t) => {
  /** What a section lacks; nothing where it names its specs, or is how a rule is read. */
  function lackOf(section: Section, next: Section | undefined): string[] {
    // Whose parts are sections of their own.
    if (section.text === '' && next !== undefined && next.level > section.level) return [];
    const proof = section.text.split(/\n\s*\n/).at(-1)!;
    if (!proof.startsWith('Proved by: ')) return ['ends in no line "Proved by: "'];
    const line = proof.replace(/\s+/g, ' ');
    const named = [...line.matchAll(/`(test\/[\w./-]+\.ts)` — ((?:“[^”]+”(?:, )?)+)/g)];
    const rest = named.reduce((left, found) => left.replace(found[0], ''), line);
    if (named.length === 0 || !/^Proved by: [; ]*\.?$/.test(rest)) return [`is not understood: ${rest}`];
    return named.flatMap(([, file = '', names = '']) => {
      if (!files.includes(file)) return [`names ${file}, which is not there`];
      const source = read(file);
      return [...names.matchAll(/“([^”]+)”/g)]
        .map((found) => found[1]!)
        .filter((name) => !holds(source, name))
        .map((name) => `${file} has no test “${name}”`);
    });
  }

  for (const page of pages.filter((name) => name !== 'README.md')) {
    const sections = sectionsOf(page);
    let reading = 0;
    const lacking = sections.flatMap((section, i) => {
      if (section.level <= reading) reading = 0;
      if (section.heading === 'Reading') reading = section.level;
      if (reading > 0) return [];
      return lackOf(section, sections[i + 1]).map((lack) => `#${anchorOf(section.heading)} ${lack}`);
    });
    t.ok(sections.length > 0, `${page} has sections`);
    t.same(lacking, [], page);
  }
  t.end();
});

test('every code that a command may refuse with stands on a page', (t) => {
  // What all records share says of these what they answer.
  const alike = /_(?:UNKNOWN|EXISTS|TWICE)$/;
  const written = pages.map((page) => read(`${folder}/${page}`)).join('\n');
  const declared = aggregates.flatMap((aggregate) =>
    Object.entries(aggregate.commands).flatMap(([name, command]) =>
      [...Object.keys(command.refuses), ...(command.apart ? [command.apart.code] : [])].map((code) => ({
        code,
        by: `${aggregate.name}: ${name}`,
      })),
    ),
  );
  t.ok(declared.length > 100, `${declared.length} declared`);
  t.same(
    declared.filter(({ code }) => !alike.test(code) && !written.includes(`\`${code}\``)),
    [],
  );
  t.end();
});

test('nothing refers to a document that is not in the repository, nor to a number of its sections', (t) => {
  const document = /\b(?:domain|design|house|web)\.md\b/g;
  const number = /[(,] ?(?:(?:[689]|1[01])\.\d{1,2}|G\d{1,2})[,)]/g;
  /** What of a file is sentences; figures of code are no numbers of sections. */
  const sentences = (file: string): string =>
    file.endsWith('.md')
      ? read(file)
      : read(file)
          .split('\n')
          .filter((line) => /^\s*(?:\/?\*|\/\/|#)/.test(line))
          .join('\n');
  // Data may hold anything; comments and documents stand in these.
  const written = files.filter((file) => /\.(?:ts|mjs|js|md|ya?ml)$/.test(file) || !file.includes('.'));
  t.same(
    written.flatMap((file) =>
      [...read(file).matchAll(document), ...sentences(file).matchAll(number)].map(
        (found) => `${file}: ${found[0]}`,
      ),
    ),
    [],
  );
  t.end();
});
