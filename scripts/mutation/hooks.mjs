/**
 * A module hook that gives each `refuse(…)` of the domain a switch: with `passes(site)` false the rule is
 * passed over and whatever comes after it goes on, as if its line were not there. Only mutation runs load
 * it.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** `file:line` of each refusal, and the source in which each asks its switch. */
export function switched(name, text) {
  const source = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
  const sites = [];
  const edits = [];
  const wrap = (node, before, after) => edits.push([node.getStart(source), before, 1], [node.end, after, 0]);
  const visit = (node) => {
    if (ts.isCallExpression(node) && node.expression.getText(source) === 'refuse') {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
      const on = `${name}:${line + 1}`;
      const site = sites.includes(on) ? `${on}.${sites.filter((s) => s.startsWith(on)).length + 1}` : on;
      sites.push(site);
      const asks = `passes(${JSON.stringify(site)})`;
      const { parent } = node;
      if (ts.isReturnStatement(parent)) wrap(parent, `{ if (${asks}) `, ' }');
      else if (ts.isConditionalExpression(parent) && parent.whenTrue === node)
        wrap(parent.condition, '((', `) && ${asks})`);
      else if (ts.isConditionalExpression(parent) && parent.whenFalse === node)
        wrap(parent.condition, '((', `) || !${asks})`);
      else wrap(node, `(${asks} ? `, ' : undefined)');
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  // From the end, so that places stay true; at one place what closes stands before what opens.
  const out = edits
    .sort((a, b) => b[0] - a[0] || b[2] - a[2])
    .reduce((t, [at, insert]) => t.slice(0, at) + insert + t.slice(at), text);
  return { sites, text: out };
}

export async function load(url, context, next) {
  const name = /\/src\/domain\/([\w/-]+\.ts)$/.exec(url.split('?')[0])?.[1];
  if (!name) return next(url, context);
  const { text } = switched(name, await readFile(fileURLToPath(url.split('?')[0]), 'utf8'));
  const { outputText } = ts.transpileModule(text, {
    fileName: name,
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  });
  return { format: 'module', source: outputText, shortCircuit: true };
}
