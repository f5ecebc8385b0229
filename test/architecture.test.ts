/**
 * Who may import whom, and that nobody imports in a circle. Types are no part of it: they hold nothing
 * together at run time.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import ts from 'typescript';

const root = fileURLToPath(new URL('../', import.meta.url));
type Import = { to: string; typeOnly: boolean };
/** Local files as paths from the root ("src/domain/kernel/types.ts"), packages by name ("zod", "node:fs"). */
function importsOf(file: string): Import[] {
  const found: Import[] = [];
  const add = (spec: string, typeOnly: boolean): void =>
    void found.push({
      to: spec.startsWith('.') ? normalize(join(dirname(file), spec)).replace(/\.js$/, '.ts') : spec,
      typeOnly,
    });
  const visit = (n: ts.Node): void => {
    if (ts.isImportDeclaration(n) && ts.isStringLiteral(n.moduleSpecifier)) {
      const names = n.importClause?.namedBindings;
      const allTypes =
        !n.importClause?.name &&
        names !== undefined &&
        ts.isNamedImports(names) &&
        names.elements.length > 0 &&
        names.elements.every((e) => e.isTypeOnly);
      add(n.moduleSpecifier.text, n.importClause?.isTypeOnly === true || allTypes);
    } else if (ts.isExportDeclaration(n) && n.moduleSpecifier && ts.isStringLiteral(n.moduleSpecifier))
      add(n.moduleSpecifier.text, n.isTypeOnly);
    else if (
      ts.isCallExpression(n) &&
      n.expression.kind === ts.SyntaxKind.ImportKeyword &&
      ts.isStringLiteral(n.arguments[0]!)
    )
      add(n.arguments[0].text, false);
    else if (
      ts.isImportTypeNode(n) &&
      ts.isLiteralTypeNode(n.argument) &&
      ts.isStringLiteral(n.argument.literal)
    )
      add(n.argument.literal.text, true);
    ts.forEachChild(n, visit);
  };
  visit(ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest));
  return found;
}
const walk = (dir: string): string[] =>
  readdirSync(join(root, dir), { recursive: true, encoding: 'utf8' })
    .filter((f) => f.endsWith('.ts'))
    .map((f) => join(dir, f));
const graph = new Map(walk('src').map((f) => [f, importsOf(f)]));

const local = (to: string): boolean => to.startsWith('src/');
const driver = (to: string): boolean => /^(better-sqlite3|@eventstore\/)/.test(to);
/** Records, each a room of its own. */
const records = readdirSync(join(root, 'src/domain'), { withFileTypes: true })
  .filter((f) => f.isDirectory() && !['kernel', 'shared', 'progress'].includes(f.name))
  .map((f) => `domain/${f.name}`);
const state = /^src\/domain\/[\w-]+\/state\.ts$/;

interface Room {
  /** Rooms and files under `src` that it may import; `domain` stands for all below it. */
  readonly imports: readonly string[];
  /** Packages; every one but drivers where it is not said. */
  readonly packages?: readonly string[];
  /** More, import by import. */
  also?(i: Import, file: string): boolean;
}
const pure = ['zod', 'temporal-polyfill', 'node:util'];
/** docs/architecture.md has this table in words. Longer names come first. */
const table: Readonly<Record<string, Room>> = {
  // Hashes are made in one file of the domain.
  'domain/kernel': {
    imports: ['domain/kernel', 'domain/shared'],
    packages: pure,
    also: ({ to }, file) =>
      file === 'src/domain/kernel/hash.ts' && ['node:crypto', 'canonicalize'].includes(to),
  },
  'domain/shared': { imports: ['domain/kernel', 'domain/shared'], packages: pure },
  'domain/progress': {
    imports: ['domain/kernel', 'domain/shared', 'domain/progress'],
    packages: pure,
    also: ({ to }) => state.test(to),
  },
  // A record knows another by its state alone.
  ...Object.fromEntries(
    records.map((room) => [
      room,
      {
        imports: ['domain/kernel', 'domain/shared', room],
        packages: pure,
        also: ({ to }: Import) => state.test(to),
      },
    ]),
  ),
  domain: { imports: ['domain'], packages: pure },
  'log/sqlite': {
    imports: ['domain', 'log/sqlite'],
    also: ({ to }) => /^src\/log\/[\w-]+\.ts$/.test(to) || driver(to),
  },
  'log/eventstore': {
    imports: ['domain', 'log/eventstore'],
    also: ({ to }) => /^src\/log\/[\w-]+\.ts$/.test(to) || to === 'src/log/sqlite/driver.ts' || driver(to),
  },
  log: { imports: ['domain', 'log'] },
  commands: { imports: ['domain', 'log', 'projections', 'commands'] },
  'process-managers': { imports: ['domain', 'log', 'projections', 'commands', 'process-managers'] },
  'projections/engine': { imports: ['domain', 'projections/engine', 'log/codec.ts'] },
  projections: { imports: ['domain', 'projections'] },
  reads: {
    imports: ['domain', 'log', 'projections/engine', 'reads'],
  },
  'http/server': {
    imports: ['domain', 'commands', 'projections', 'reads', 'http/server', 'http/query', 'http/commands.ts'],
  },
  'http/query': { imports: ['domain', 'commands', 'projections', 'reads', 'http/server', 'http/query'] },
  'http/questions': {
    imports: [
      'domain',
      'commands',
      'projections',
      'reads',
      'http/server',
      'http/query',
      'http/questions',
      'http/words',
    ],
  },
  // What things are called, whoever says it.
  'http/words': {
    imports: ['domain', 'http/query/why-null.ts', 'http/query/read-schema.ts', 'http/words'],
  },
  http: { imports: ['domain', 'commands', 'projections', 'reads', 'http'] },
  // A client of the API: its addresses and its words for mistakes, and nothing of who answers them.
  import: { imports: ['domain', 'http/server/input-errors.ts', 'http/query/command-routes.ts', 'import'] },
  // A page asks what a route asks: no view, no state, no log.
  web: { imports: ['domain', 'http/server', 'http/query', 'http/questions', 'http/words', 'import', 'web'] },
  migrate: { imports: ['domain', 'log', 'migrate'], also: ({ to }) => driver(to) },
  runtime: {
    imports: ['domain', 'log', 'projections', 'commands', 'process-managers', 'reads', 'migrate', 'runtime'],
    also: ({ to }) => driver(to),
  },
  'demo/seed': { imports: ['domain', 'demo/seed', 'demo/issuer.ts', 'demo/readers.ts'] },
  demo: { imports: ['domain', 'log', 'commands', 'runtime', 'http/server', 'demo'] },
  // Who puts them together.
  'app.ts': { imports: ['domain', 'commands', 'http', 'web', 'runtime/disk.ts'] },
  'config.ts': {
    imports: ['domain', 'http/server', 'log', 'demo/issuer.ts', 'reads/reads-log.ts', 'runtime/secret.ts'],
  },
  cli: {
    imports: [
      'domain',
      'log',
      'commands',
      'projections',
      'process-managers',
      'http',
      'web',
      'import',
      'migrate',
      'runtime',
      'demo',
      'cli',
      'app.ts',
      'config.ts',
    ],
  },
  'cli.ts': { imports: ['cli'] },
};
const names = Object.keys(table).sort((a, b) => b.length - a.length);
const within = (to: string, name: string): boolean =>
  name.endsWith('.ts') ? to === `src/${name}` : to.startsWith(`src/${name}/`);

t.test('each room imports only what it may', async (t) => {
  const breaches: string[] = [];
  for (const [file, imports] of graph) {
    const room = table[names.find((name) => within(file, name)) ?? ''];
    if (!room) breaches.push(`${file} stands in no room of the table`);
    for (const i of imports) {
      if (local(i.to) && i.to.endsWith('.ts') && !graph.has(i.to))
        breaches.push(`${file} -> ${i.to} (no such file)`);
      if (!room || i.typeOnly || room.also?.(i, file)) continue;
      const may = local(i.to)
        ? room.imports.some((name) => within(i.to, name))
        : (room.packages?.includes(i.to) ?? !driver(i.to));
      if (!may) breaches.push(`${file} -> ${i.to}`);
    }
  }
  t.strictSame(breaches, []);
  for (const name of names)
    t.ok(
      [...graph.keys()].some((file) => within(file, name)),
      `${name} is there`,
    );
  const registry = [...graph].filter(
    ([file, imports]) =>
      /^src\/domain\/[\w-]+\//.test(file) && imports.some((i) => i.to === 'src/domain/registry.ts'),
  );
  t.strictSame(
    registry.map(([file]) => file),
    [],
    'no record, and nothing they share, knows the registry',
  );
  const alone = new Map<string, number>();
  for (const file of graph.keys()) alone.set(dirname(file), (alone.get(dirname(file)) ?? 0) + 1);
  t.strictSame(
    [...alone].flatMap(([folder, files]) =>
      files === 1 && ![...alone.keys()].some((other) => other.startsWith(`${folder}/`)) ? [folder] : [],
    ),
    [],
    'no room for a single file',
  );
  const eventstore = [...graph].filter(([, imports]) =>
    imports.some((i) => /^@(eventstore|grpc)\//.test(i.to)),
  );
  t.strictSame(
    eventstore.map(([file]) => file),
    ['src/log/eventstore/eventstore-log.ts'],
    'one file alone imports the client',
  );
});

t.test('SQLite’s driver is imported where it is made safe on Node 24, and nowhere else', async (t) => {
  // A test that drops a statement of the bare driver ends its own process there, at random (docs/adr/0012).
  const files = [...graph.keys(), ...walk('test'), ...walk('bench')];
  const bare = files.filter((f) => importsOf(f).some((i) => i.to === 'better-sqlite3' && !i.typeOnly));
  t.strictSame(bare, ['src/log/sqlite/driver.ts']);
});

t.test('what a rule looks at is made whole: nothing is called a context that is none', async (t) => {
  const casts = [...graph.keys()].filter((file) =>
    /\bas (unknown as )?Context\b/.test(readFileSync(file, 'utf8')),
  );
  t.strictSame(casts, []);
});

t.test('no circle of imports', async (t) => {
  const cycles: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: string[]): void => {
    if (path.includes(file)) return void cycles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
    if (done.has(file)) return;
    for (const { to, typeOnly } of graph.get(file) ?? [])
      if (!typeOnly && graph.has(to)) visit(to, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  t.ok(graph.size > 40, 'the walk found the sources');
  t.strictSame(cycles, []);
});
