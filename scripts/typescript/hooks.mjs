/** Module hooks: a relative `.js` that is a `.ts` here, and its source without its types, kept until the file changes. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const kept = new URL('../../node_modules/.cache/total-place/typescript/', import.meta.url);
/** Raised when the options below change. */
const made = 1;

export function resolve(specifier, context, next) {
  if (!specifier.startsWith('.') || !specifier.endsWith('.js') || context.parentURL.includes('/node_modules/')) return next(specifier, context);
  const url = new URL(`${specifier.slice(0, -3)}.ts`, context.parentURL);
  return existsSync(url) ? { url: url.href, format: 'module', shortCircuit: true } : next(specifier, context);
}

export async function load(url, context, next) {
  if (!url.endsWith('.ts') || url.includes('/node_modules/')) return next(url, context);
  const file = fileURLToPath(url);
  const text = readFileSync(file, 'utf8');
  // At the end, so that lines stay where the source map says.
  const last = `\n//${createHash('sha256').update(`${made}\0`).update(text).digest('hex')}\n`;
  const copy = new URL(`${encodeURIComponent(relative(root, file)).replaceAll('%', '_')}.js`, kept);
  const known = existsSync(copy) ? readFileSync(copy, 'utf8') : '';
  const source = known.endsWith(last) ? known : keep(copy, (await withoutTypes(file, text)) + last);
  return { format: 'module', source, shortCircuit: true };
}

/** Put in its place at once: other processes read it. */
function keep(copy, source) {
  mkdirSync(kept, { recursive: true });
  const part = new URL(`${copy.href}.${process.pid}`);
  writeFileSync(part, source);
  renameSync(part, copy);
  return source;
}

async function withoutTypes(fileName, text) {
  const { default: ts } = await import('typescript');
  const { outputText } = ts.transpileModule(text, {
    fileName,
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: true, inlineSourceMap: true },
  });
  return outputText;
}
