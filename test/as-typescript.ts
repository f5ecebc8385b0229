/** For processes that tests start: they run TypeScript as the tests do. */
export const asTypeScript = `--import=${new URL('../scripts/typescript/register.mjs', import.meta.url).href}`;
