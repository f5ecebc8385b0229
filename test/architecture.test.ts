/** Who may import whom, and that nobody imports in a circle: types count too. */
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
  const add = (spec: string, typeOnly: boolean): void => void found.push({ to: spec.startsWith('.') ? normalize(join(dirname(file), spec)).replace(/\.js$/, '.ts') : spec, typeOnly });
  const visit = (n: ts.Node): void => {
    if (ts.isImportDeclaration(n) && ts.isStringLiteral(n.moduleSpecifier)) {
      const names = n.importClause?.namedBindings;
      const allTypes = !n.importClause?.name && names !== undefined && ts.isNamedImports(names) && names.elements.length > 0 && names.elements.every((e) => e.isTypeOnly);
      add(n.moduleSpecifier.text, n.importClause?.isTypeOnly === true || allTypes);
    } else if (ts.isExportDeclaration(n) && n.moduleSpecifier && ts.isStringLiteral(n.moduleSpecifier)) add(n.moduleSpecifier.text, n.isTypeOnly);
    else if (ts.isCallExpression(n) && n.expression.kind === ts.SyntaxKind.ImportKeyword && ts.isStringLiteral(n.arguments[0]!)) add(n.arguments[0].text, false);
    else if (ts.isImportTypeNode(n) && ts.isLiteralTypeNode(n.argument) && ts.isStringLiteral(n.argument.literal)) add(n.argument.literal.text, true);
    ts.forEachChild(n, visit);
  };
  visit(ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest));
  return found;
}
const walk = (dir: string): string[] =>
  readdirSync(join(root, dir), { recursive: true, encoding: 'utf8' })
    .filter((f) => f.endsWith('.ts'))
    .map((f) => join(dir, f));
const graph = new Map([...walk('src'), ...walk('data/seed')].map((f) => [f, importsOf(f)]));

const local = (to: string): boolean => /^(src|data)\//.test(to);
const rooms =
  (...names: string[]) =>
  (to: string): boolean =>
    names.some((n) => to.startsWith(`src/${n}/`));
const driver = (to: string): boolean => /^(better-sqlite3|@eventstore\/)/.test(to);
/** What a file of the room may import. Hashes are made in one file of the domain. */
const may: Record<string, (i: Import, file: string) => boolean> = {
  domain: ({ to }, file) => rooms('domain')(to) || ['zod', 'temporal-polyfill', 'node:util'].includes(to) || (file === 'src/domain/kernel/hash.ts' && ['node:crypto', 'canonicalize'].includes(to)),
  log: ({ to }) => rooms('domain', 'log')(to) || !local(to),
  projections: ({ to, typeOnly }) => rooms('domain', 'projections')(to) || to === 'src/log/codec.ts' || (typeOnly && (rooms('log')(to) || driver(to))) || (!local(to) && !driver(to)),
  commands: ({ to }) => rooms('domain', 'log', 'projections', 'commands')(to) || (!local(to) && !driver(to)),
  move: ({ to }) => rooms('domain', 'log', 'move')(to) || !local(to),
  http: ({ to }) => rooms('domain', 'commands', 'projections', 'http')(to) || (!local(to) && !driver(to)),
};

t.test('each room imports only what it may', async (t) => {
  const breaches: string[] = [];
  for (const [file, imports] of graph)
    for (const i of imports) {
      const rule = may[file.split('/')[1]!];
      if (file.startsWith('src/') && rule && !rule(i, file)) breaches.push(`${file} -> ${i.to}`);
      if (i.to === 'src/main.ts') breaches.push(`${file} -> ${i.to} (nobody imports main)`);
      if (local(i.to) && !graph.has(i.to) && i.to.endsWith('.ts')) breaches.push(`${file} -> ${i.to} (no such file)`);
    }
  t.strictSame(breaches, []);
  const eventstore = [...graph].filter(([, imports]) => imports.some((i) => /^@(eventstore|grpc)\//.test(i.to)));
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

t.test('no import cycle, types included', async (t) => {
  const cycles: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: string[]): void => {
    if (path.includes(file)) return void cycles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
    if (done.has(file)) return;
    for (const { to } of graph.get(file) ?? []) if (graph.has(to)) visit(to, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  t.ok(graph.size > 40, 'the walk found the sources');
  t.strictSame(cycles, []);
});
