/** What the linter does not look at: width of lines, whole parameters, named limits, reasons of exceptions. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import ts from 'typescript';

const src = fileURLToPath(new URL('../src/', import.meta.url));
const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file: `src/${file}`, text: readFileSync(`${src}${file}`, 'utf8') }));

/** As prettier has it, which leaves strings, templates and comments as they are. */
const widest = 110;

t.test('no line is wider than prettier would make it', async (t) => {
  const wide = files.flatMap(({ file, text }) =>
    text.split('\n').flatMap((line, i) => ([...line].length > widest ? [`${file}:${i + 1}`] : [])),
  );
  t.strictSame(wide, []);
});

t.test('every exception from the linter gives its reason on its line', async (t) => {
  const bare = files.flatMap(({ file, text }) =>
    text
      .split('\n')
      .flatMap((line, i) =>
        /eslint-disable/.test(line) && !/eslint-disable\S* .* -- \S/.test(line) ? [`${file}:${i + 1}`] : [],
      ),
  );
  t.strictSame(bare, []);
});

/**
 * Whose parameters are read far from where they are named: `decide`, `evolve`, `describe`, what views and
 * reactors have for an event, by the event's name, and what queries and feeds answer with.
 */
const isNamed = (name: string): boolean =>
  /^(decide|evolve|describe|answer|sources|also|run|whole|show|[A-Z]\w*[a-z]\w*)$/.test(name);

t.test('what decides, describes, handles an event or answers has parameters of whole names', async (t) => {
  const short: string[] = [];
  for (const { file, text } of files) {
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    const look = (node: ts.SignatureDeclaration): void => {
      const lines = (at: number): number => source.getLineAndCharacterOfPosition(at).line;
      for (const { name } of node.parameters)
        if (ts.isIdentifier(name) && /^[a-z]$/.test(name.text))
          short.push(`${file}:${lines(name.getStart(source)) + 1} ${name.text}`);
    };
    const visit = (node: ts.Node): void => {
      const named = ts.isClassElement(node) || ts.isObjectLiteralElement(node) || ts.isTypeElement(node);
      if (named && node.name && isNamed(node.name.getText(source))) {
        if (ts.isMethodDeclaration(node) || ts.isMethodSignature(node)) look(node);
        const held =
          ts.isPropertyAssignment(node) || ts.isPropertyDeclaration(node) ? node.initializer : undefined;
        if (held && (ts.isArrowFunction(held) || ts.isFunctionExpression(held))) look(held);
        if (ts.isPropertySignature(node) && node.type && ts.isFunctionTypeNode(node.type)) look(node.type);
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  t.strictSame(short, []);
});

/** What bounds a value, by how it is called, and what says the days of a due item. */
const bounds = ['max', 'min', 'length'];
const isDays = (name: string): boolean => name === 'workingDays';
/** What is smaller explains itself: none, one, a pair. */
const smallestLimit = 3;

t.test('what bounds a value of the domain, or says its days, has a name', async (t) => {
  const bare: string[] = [];
  for (const { file, text } of files.filter((source) => source.file.startsWith('src/domain/'))) {
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    const look = (node: ts.Expression | undefined): void => {
      if (!node || !ts.isNumericLiteral(node) || Number(node.text) < smallestLimit) return;
      const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
      bare.push(`${file}:${line + 1} ${node.text}`);
    };
    const visit = (node: ts.Node): void => {
      if (
        ts.isCallExpression(node) &&
        ts.isPropertyAccessExpression(node.expression) &&
        node.expression.expression.getText(source) !== 'Math' &&
        bounds.includes(node.expression.name.text)
      )
        look(node.arguments[0]);
      if (ts.isPropertyAssignment(node) && isDays(node.name.getText(source))) look(node.initializer);
      if (ts.isCallExpression(node) && /\b(workingDays|wd)\.add$/.test(node.expression.getText(source)))
        look(node.arguments[1]);
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  t.strictSame(bare, []);
});

/** The forms of codes that others give out stand whole, each in one place: their lengths are not ours. */
const isOfOthers = (node: ts.Node): boolean =>
  ts.findAncestor(node, (n) => ts.isVariableDeclaration(n) && n.name.getText() === 'forms') !== undefined;

t.test('what bounds a text in a pattern of the domain has a name', async (t) => {
  const bare: string[] = [];
  for (const { file, text } of files.filter((source) => source.file.startsWith('src/domain/'))) {
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    const isPattern = (node: ts.Node): boolean =>
      ts.isRegularExpressionLiteral(node) ||
      ts.findAncestor(node, (n) => ts.isNewExpression(n) && n.expression.getText(source) === 'RegExp') !==
        undefined;
    const visit = (node: ts.Node): void => {
      const isText =
        ts.isRegularExpressionLiteral(node) ||
        ts.isStringLiteralLike(node) ||
        ts.isTemplateLiteralToken(node);
      if (isText && isPattern(node) && !isOfOthers(node))
        for (const [range, least, most] of node.text.matchAll(/\{(\d+),(\d*)\}/g))
          if (Math.max(Number(least), Number(most)) >= smallestLimit) {
            const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
            bare.push(`${file}:${line + 1} ${range}`);
          }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  t.strictSame(bare, []);
});
