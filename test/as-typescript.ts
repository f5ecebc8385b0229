/** For processes that tests start: they run TypeScript as the tests do, wherever they are started. */
export const asTypeScript = `--import=${import.meta.resolve('tsx')}`;
