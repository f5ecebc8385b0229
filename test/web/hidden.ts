/** The hidden fields of the form of a page that is sent to an address. */
export function hiddenIn(html: string, address: string): Record<string, string> {
  const inside =
    new RegExp(`<form method="post" action="${address}"[^>]*>(.*?)</form>`, 's').exec(html)?.[1] ?? '';
  return Object.fromEntries(
    [...inside.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(
      ([, name = '', value = '']) => [name, value],
    ),
  );
}
